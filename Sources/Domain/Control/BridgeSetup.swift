/// What the bridge must know of this installation to place and take calls: sent whole, kept in memory only.
///
/// It comes with every `hello` and, when something changed, by `BridgeCommand.configure`. A bridge keeps the one with the
/// highest `version`: two web processes may tell of the same change in either order.
public struct BridgeSetup: Codable, Sendable, Equatable {
    /// Grows with every change of what follows; 0 only in `none`.
    public var version: UInt64
    public var trunks: [TrunkSetup]
    public var extensions: [ExtensionSetup]

    public init(version: UInt64, trunks: [TrunkSetup], extensions: [ExtensionSetup]) {
        self.version = version
        self.trunks = trunks
        self.extensions = extensions
    }

    /// Nothing is known: before any web process has told, and from one that cannot read its database.
    public static let none = BridgeSetup(version: 0, trunks: [], extensions: [])
}

/// A trunk as the bridge uses it.
public struct TrunkSetup: Codable, Sendable, Equatable {
    public var id: TrunkID
    /// What the operator calls it; appears in sentences for the operator.
    public var name: String
    /// A host name or an IP address literal.
    public var host: String
    public var port: UInt16
    /// `nil` for a trunk that knows us by our address.
    public var username: String?
    public var password: String?
    /// The user part of From; the username if `nil`.
    public var fromUser: String?
    /// E.164. The first is shown to the phone that is called, unless the link brings its own.
    public var callerIDs: [String]
    /// Calls at once; `nil` for no limit of its own.
    public var maximumCalls: Int?
    /// Calls that are given to it within any second; `nil` for no limit of its own.
    public var callsPerSecond: Int?
    public var rewriting: NumberRewriting
    /// Offered in this order.
    public var codecs: [TelephoneCodec]
    /// Whether RTP may come from another address than the SDP named (a trunk behind NAT).
    public var latchesRTP: Bool
    /// Seconds between two OPTIONS that ask whether it is there; `nil`: it is not asked.
    public var optionsInterval: Int?

    public init(
        id: TrunkID, name: String, host: String, port: UInt16, username: String?, password: String?, fromUser: String?, callerIDs: [String] = [],
        maximumCalls: Int?, callsPerSecond: Int? = nil, rewriting: NumberRewriting = NumberRewriting(), codecs: [TelephoneCodec],
        latchesRTP: Bool, optionsInterval: Int? = nil
    ) {
        self.optionsInterval = optionsInterval
        self.rewriting = rewriting
        self.callsPerSecond = callsPerSecond
        self.id = id
        self.name = name
        self.host = host
        self.port = port
        self.username = username
        self.password = password
        self.fromUser = fromUser
        self.callerIDs = callerIDs
        self.maximumCalls = maximumCalls
        self.codecs = codecs
        self.latchesRTP = latchesRTP
    }
}

/// What a phone and the bridge may speak, by the names of the IANA registry of RTP payload formats, in lower case.
public enum TelephoneCodec: String, Codable, Sendable, CaseIterable {
    case pcmu
    case pcma
}

/// A SIP user that may register with the bridge. Its password is never sent: only what digest authentication needs (RFC 8760).
public struct ExtensionSetup: Codable, Sendable, Equatable {
    /// 2–6 digits: the user part of its address.
    public var number: String
    public var displayName: String
    /// The realm that the two hashes were made with.
    public var realm: String
    /// `MD5(number:realm:password)`, 32 lowercase hex digits.
    public var md5HA1: String
    /// `SHA-256(number:realm:password)`, 64 lowercase hex digits.
    public var sha256HA1: String

    public init(number: String, displayName: String, realm: String, md5HA1: String, sha256HA1: String) {
        self.number = number
        self.displayName = displayName
        self.realm = realm
        self.md5HA1 = md5HA1
        self.sha256HA1 = sha256HA1
    }
}
