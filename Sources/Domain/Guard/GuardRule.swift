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
        /// Replaces the cap's default; `nil` takes the cap away.
        case cap(GuardCap, limit: Int?)
    }

    public var id: GuardRuleID
    public var effect: Effect
    /// What the operator noted about it.
    public var note: String?
    /// Milliseconds since 1970 UTC.
    public var createdAt: Int64

    public init(id: GuardRuleID, effect: Effect, note: String?, createdAt: Int64) {
        self.id = id
        self.effect = effect
        self.note = note
        self.createdAt = createdAt
    }
}

/// Which telephone numbers a rule is about: those for which everything that it names holds.
public struct NumberMatch: Sendable, Equatable {
    /// `+` and the first 1–15 digits, or the whole number.
    public let prefix: String?
    /// ISO 3166 region, two capital letters.
    public let country: String?
    public let type: NumberType?

    /// `nil` if it names nothing, or something malformed.
    public init?(prefix: String? = nil, country: String? = nil, type: NumberType? = nil) {
        guard prefix != nil || country != nil || type != nil else { return nil }
        if let prefix {
            let digits = prefix.utf8.dropFirst()
            guard prefix.utf8.first == UInt8(ascii: "+"), (1...15).contains(digits.count), digits.first != UInt8(ascii: "0"),
                digits.allSatisfy({ (48...57).contains($0) })
            else { return nil }
        }
        if let country {
            guard country.utf8.count == 2, country.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
        }
        self.prefix = prefix
        self.country = country
        self.type = type
    }

    public func covers(_ number: String, _ profile: NumberProfile) -> Bool {
        (prefix.map(number.hasPrefix) ?? true) && (country.map { $0 == profile.region } ?? true) && (type.map { $0 == profile.type } ?? true)
    }
}

/// What is counted.
public enum GuardCap: String, Codable, Sendable, CaseIterable {
    /// Telephone calls placed from one IP address (of IPv6: its /64) within an hour.
    case perAddressHour = "per_ip_hour"
    /// The same from one network: /24 of IPv4, /56 of IPv6.
    case perNetworkHour = "per_network_hour"
    /// Telephone calls placed to one number within 24 hours.
    case perNumberDay = "per_number_day"
    /// Telephone calls over one trunk on one day.
    case perTrunkDay = "per_trunk_day"
    /// Telephone calls on one day.
    case perDay = "per_day"
    /// Telephone calls up at once.
    case concurrent
    /// Seconds that a call may last.
    case callSeconds = "call_seconds"
    /// Calls to this installation's own numbers and extensions from one IP address within an hour.
    case internalPerAddressHour = "internal_per_ip_hour"
    /// Such calls up at once.
    case internalConcurrent = "internal_concurrent"
    /// Refused dials of one IP address within a minute that get a row of their own; the rest is counted.
    case refusalsPerMinute = "refusals_per_minute"

    /// What holds without a rule; `nil` for no limit.
    fileprivate func standard(_ policy: Policy) -> Int? {
        switch self {
        case .perAddressHour: policy.caps.dialsPerAddressPerHour
        case .perNetworkHour: policy.caps.dialsPerAddressPerHour * 3
        case .perNumberDay, .perTrunkDay: nil
        case .perDay: policy.caps.callsPerDay
        case .concurrent: policy.caps.callsAtOnce
        case .callSeconds: policy.limits.maximumSeconds
        case .internalPerAddressHour: 600
        case .internalConcurrent: 200
        case .refusalsPerMinute: 10
        }
    }

    /// Some limits are what keeps the tables small and every call finite: they can be set, not taken away.
    public var isRemovable: Bool { self != .callSeconds && self != .refusalsPerMinute }

    /// Values that a rule may set.
    public var range: ClosedRange<Int> {
        switch self {
        case .callSeconds: 1...86_400
        case .refusalsPerMinute: 0...1_000
        default: 0...1_000_000
        }
    }
}

/// Every rule that is in force, sorted for the questions that FraudGuard asks.
public struct GuardRules: Sendable, Equatable {
    public var allow: [NumberMatch]
    public var block: [NumberMatch]
    private var caps: [GuardCap: Int?]
    private let policy: Policy

    /// Of two rules for one cap the later one holds.
    public init(_ rules: [GuardRule] = [], policy: Policy = Policy()) {
        self.policy = policy
        allow = []
        block = []
        caps = [:]
        for rule in rules.sorted(by: { $0.createdAt < $1.createdAt }) {
            switch rule.effect {
            case .allow(let match): allow.append(match)
            case .block(let match): block.append(match)
            case .cap(let cap, let limit): caps[cap] = .some(limit)
            }
        }
    }

    public var dialing: Policy.Dialing { policy.dialing }
    /// IANA name of the zone in which a day begins at midnight.
    public var timeZone: String { policy.caps.timeZone }

    public func limit(_ cap: GuardCap) -> Int? {
        switch caps[cap] {
        case nil: cap.standard(policy)
        case .some(nil): cap.isRemovable ? nil : cap.standard(policy)
        case .some(let limit?): limit
        }
    }
}
