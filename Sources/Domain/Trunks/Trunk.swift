/// A trunk as it is remembered: everything but its password.
public struct Trunk: Sendable, Equatable {
    /// Trunks of one installation: the bridge is told of all at once.
    public static let limit = 100

    public var id: TrunkID
    /// Grows with each change.
    public var version: Int64
    public var settings: TrunkSettings
    /// Milliseconds since 1970 UTC, as is `updatedAt`.
    public var createdAt: Int64
    public var updatedAt: Int64

    public init(id: TrunkID, version: Int64, settings: TrunkSettings, createdAt: Int64, updatedAt: Int64) {
        self.id = id
        self.version = version
        self.settings = settings
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// How a trunk is reached, and what it may be used for.
public struct TrunkSettings: Sendable, Equatable {
    /// How SIP travels. Others come when the bridge can speak them.
    public enum Transport: String, Sendable, CaseIterable { case udp }

    public static let priorities = 0...1_000
    public static let callCounts = 1...10_000
    /// Prefixes that one trunk may list.
    public static let prefixLimit = 100

    public var name: ShortLabel
    public var isEnabled = true
    public var host: HostName
    public var port: UInt16 = 5060
    public var transport = Transport.udp
    /// `nil` for a trunk that knows us by our address. Together with it there is a password.
    public var username: DigestUsername?
    /// The user part of From; the username if `nil`.
    public var fromUser: SIPUser?
    /// Shown to the phone that is called.
    public var callerID: E164Number?
    /// The lowest is tried first.
    public var priority = 10
    /// Calls at once; `nil` for no limit of its own.
    public var maximumCalls: Int?
    /// What the numbers that it can carry begin with; empty: all.
    public var prefixes: [NumberPrefix] = []
    /// Offered in this order.
    public var codecs = TelephoneCodec.allCases
    /// Whether RTP may come from another address than the SDP named (a trunk behind NAT).
    public var latchesRTP = false

    public init(name: ShortLabel, host: HostName) {
        self.name = name
        self.host = host
    }
}
