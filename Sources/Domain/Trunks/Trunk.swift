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
    /// Caller ids that one trunk may list.
    public static let callerIDLimit = 50
    /// Calls that may be given to it within a second.
    public static let paces = 1...100
    /// Seconds between two OPTIONS.
    public static let optionsIntervals = 5...3_600

    public var name: ShortLabel
    public var isEnabled = true
    public var host: HostName
    public var port: UInt16 = 5060
    public var transport = Transport.udp
    /// `nil` for a trunk that knows us by our address. Together with it there is a password.
    public var username: DigestUsername?
    /// The user part of From; the username if `nil`.
    public var fromUser: SIPUser?
    /// Numbers of ours that it carries calls from. The first is shown to the phone that is called, unless the link brings its own.
    public var callerIDs: [E164Number] = []
    /// The lowest is tried first.
    public var priority = 10
    /// Calls at once; `nil` for no limit of its own.
    public var maximumCalls: Int?
    /// Calls of ours at once, beside that.
    public var maximumOutgoingCalls: Int?
    /// Calls that are given to it within any second; `nil` for no limit of its own.
    public var callsPerSecond: Int?
    /// What the numbers that it can carry begin with; empty: all.
    public var prefixes: [NumberPrefix] = []
    /// How it wants numbers to be dialled.
    public var rewriting = NumberRewriting()
    /// Offered in this order.
    public var codecs = TelephoneCodec.allCases
    /// Whether RTP may come from another address than the SDP named (a trunk behind NAT).
    public var latchesRTP = false
    /// Seconds between two OPTIONS that ask whether it is there; `nil`: it is not asked.
    public var optionsInterval: Int? = 30

    public init(name: ShortLabel, host: HostName) {
        self.name = name
        self.host = host
    }
}

extension TrunkSettings {
    /// Calls of ours at once. All of them are, as long as no call comes in over a trunk.
    public var lineLimit: Int? { [maximumCalls, maximumOutgoingCalls].compactMap { $0 }.min() }

    /// Whether what is known of the trunk's state under `other` still holds.
    public func isWatched(as other: TrunkSettings) -> Bool {
        host == other.host && port == other.port && isEnabled == other.isEnabled && optionsInterval == other.optionsInterval
    }
}
