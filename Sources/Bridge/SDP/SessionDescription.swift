/// A session description (RFC 8866): who offers which media, where, and how.
///
/// Neutral between browsers (RFC 8829) and SIP phones (RFC 3264): what an attribute means is asked by
/// the typed accessors of `AttributeList`, and what a leg accepts is decided by that leg.
/// The lines `i= u= e= p= b= r= z= k=` are read over and not kept.
public struct SessionDescription: Equatable, Sendable {
    public var origin: Origin
    /// The `s=` line; `-` where there is no name.
    public var name: String
    /// The `t=` line; both zero for a session that is open at both ends.
    public var timing: Timing
    /// The `c=` line of the session, for the sections without their own.
    public var connection: ConnectionAddress?
    public var attributes: AttributeList
    public var media: [MediaDescription]

    public init(
        origin: Origin, name: String = "-", timing: Timing = Timing(), connection: ConnectionAddress? = nil,
        attributes: AttributeList = [], media: [MediaDescription] = []
    ) {
        self.origin = origin
        self.name = name
        self.timing = timing
        self.connection = connection
        self.attributes = attributes
        self.media = media
    }

    /// The direction of a section: its own, else the session's, else `sendrecv` (RFC 8866 section 6.7).
    public func direction(of section: MediaDescription) -> Direction {
        section.attributes.direction ?? attributes.direction ?? .sendReceive
    }
}

extension SessionDescription {
    /// The longest text that is read, in bytes; a signalling frame holds no more either.
    public static let maximumLength = 65_536
    /// The most media sections that are read.
    public static let maximumSections = 128
    /// The most formats in one `m=` line: twice what there are payload types.
    public static let maximumFormats = 256
}

/// The `o=` line (RFC 8866 section 5.2): which session this is, and which version of its description.
public struct Origin: Equatable, Sendable {
    public var username: String
    /// Decimal digits of any length, so kept as text: a session is only ever compared.
    public var sessionID: String
    /// Raised with every changed description; text for the same reason.
    public var version: String
    public var address: ConnectionAddress

    public init(username: String = "-", sessionID: String, version: String, address: ConnectionAddress) {
        self.username = username
        self.sessionID = sessionID
        self.version = version
        self.address = address
    }
}

/// The `t=` line (RFC 8866 section 5.9), in NTP seconds.
public struct Timing: Equatable, Sendable {
    public var start: UInt64
    public var stop: UInt64

    public init(start: UInt64 = 0, stop: UInt64 = 0) {
        self.start = start
        self.stop = stop
    }
}

/// An address as `o=` and `c=` write it (RFC 8866 section 5.7); multicast suffixes are not kept.
public struct ConnectionAddress: Equatable, Sendable {
    public enum Family: String, Sendable {
        case ipv4 = "IP4"
        case ipv6 = "IP6"
    }

    public var family: Family
    /// A literal address or a host name, not resolved and not checked further.
    public var host: String

    public init(_ family: Family, _ host: String) {
        self.family = family
        self.host = host
    }

    /// The address of somebody whose address is not told here: `0.0.0.0`.
    public static let unspecified = ConnectionAddress(.ipv4, "0.0.0.0")
}
