/// Names a rule of FraudGuard: `fr_` and 12 lowercase hex digits.
public struct GuardRuleID: PrefixedID {
    public static let prefix = "fr_"
    public static let digits = 12
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

/// One rule of the operator's.
public struct GuardRule: Sendable, Equatable {
    public enum Effect: Sendable, Equatable {
        case allow(NumberMatch)
        case block(NumberMatch)
        /// Without a scope it replaces the cap's default, and `nil` takes the cap away; with one it is a cap of its own beside the others.
        ///
        /// `warnAt`: percent of the limit at which `guard.warning` is told, once in each window.
        case cap(GuardCap, limit: Int?, scope: GuardScope = .everything, warnAt: Int? = nil, burst: BurstTimes? = nil)
        /// The calls of the scope are possible within these hours only.
        case hours(OpeningHours, scope: GuardScope = .everything)
        /// What a minute costs to numbers with this beginning; over `trunk` alone, if there is one.
        case cost(prefix: String, trunk: TrunkID?, perMinute: MoneyAmount)
    }

    public var id: GuardRuleID
    /// Grows with each change: what an ETag shows.
    public var version: Int64
    public var effect: Effect
    /// What the operator noted about it.
    public var note: String?
    /// Milliseconds since 1970 UTC.
    public var createdAt: Int64

    public init(id: GuardRuleID, version: Int64 = 1, effect: Effect, note: String?, createdAt: Int64) {
        self.id = id
        self.version = version
        self.effect = effect
        self.note = note
        self.createdAt = createdAt
    }
}

/// When a burst locks, and for how long.
public struct BurstTimes: Sendable, Equatable {
    /// Values that a rule may set.
    public static let windows = 1...3_600
    public static let locks = 1...604_800
    public static let standard = BurstTimes(seconds: 60, lockSeconds: 900)

    /// The dials of so many seconds are counted.
    public var seconds: Int
    /// The lock lasts so many seconds.
    public var lockSeconds: Int

    public init(seconds: Int, lockSeconds: Int) {
        self.seconds = seconds
        self.lockSeconds = lockSeconds
    }
}
