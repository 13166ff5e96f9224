/// What is counted.
public enum GuardCap: String, Codable, Sendable, CaseIterable {
    /// Telephone calls by one link within the seconds of its `BurstTimes`; one more locks the link.
    case linkBurst = "link_burst"
    /// Telephone calls of one link up at once.
    case perLinkConcurrent = "per_link_concurrent"
    /// Telephone calls by one link on one day.
    case perLinkDay = "per_link_day"
    /// What the calls of one link may cost on one day.
    case costPerLinkDay = "cost_per_link_day"
    /// Telephone calls placed from one IP address (of IPv6: its /64) within an hour.
    case perAddressHour = "per_ip_hour"
    /// The same from one network: /24 of IPv4, /56 of IPv6.
    case perNetworkHour = "per_network_hour"
    /// Telephone calls placed to one number within 24 hours.
    case perNumberDay = "per_number_day"
    /// What the calls to one number may cost on one day.
    case costPerNumberDay = "cost_per_number_day"
    /// As `linkBurst`, of one trunk.
    case trunkBurst = "trunk_burst"
    /// Telephone calls over one trunk on one day.
    case perTrunkDay = "per_trunk_day"
    /// Telephone calls on one day.
    case perDay = "per_day"
    /// Minutes that the telephone calls of one day may last together.
    case minutesPerDay = "minutes_per_day"
    /// What the telephone calls of one day may cost together.
    case costPerDay = "cost_per_day"
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

    public enum Unit: Sendable, Equatable {
        case calls, seconds, minutes
        /// Millionths of the currency's unit.
        case money
    }

    public var unit: Unit {
        switch self {
        case .callSeconds: .seconds
        case .minutesPerDay: .minutes
        case .costPerDay, .costPerLinkDay, .costPerNumberDay: .money
        default: .calls
        }
    }

    /// What holds without a rule; `nil` for no limit.
    func standard(_ policy: Policy) -> Int? {
        switch self {
        case .linkBurst: 10
        case .trunkBurst: 100
        case .perAddressHour: policy.caps.dialsPerAddressPerHour
        case .perNetworkHour: policy.caps.dialsPerAddressPerHour * 3
        case .perDay: policy.caps.callsPerDay
        case .concurrent: policy.caps.callsAtOnce
        case .callSeconds: policy.limits.maximumSeconds
        case .internalPerAddressHour: 600
        case .internalConcurrent: 200
        case .refusalsPerMinute: 10
        case .perLinkConcurrent, .perLinkDay, .costPerLinkDay, .perNumberDay, .costPerNumberDay, .perTrunkDay, .minutesPerDay, .costPerDay: nil
        }
    }

    /// Percent of the default limit at which `guard.warning` is told.
    var standardWarning: Int? { self == .perDay ? 80 : nil }

    /// Some limits are what keeps the tables small and every call finite: they can be set, not taken away.
    public var isRemovable: Bool { self != .callSeconds && self != .refusalsPerMinute }

    /// Whether a rule may hold for a part of the calls only.
    public var isScopable: Bool {
        switch self {
        case .internalPerAddressHour, .internalConcurrent, .refusalsPerMinute, .linkBurst, .trunkBurst: false
        default: true
        }
    }

    /// Whether a rule may warn before the limit is reached.
    public var canWarn: Bool {
        switch self {
        case .callSeconds, .refusalsPerMinute, .linkBurst, .trunkBurst: false
        default: true
        }
    }

    public var isBurst: Bool { self == .linkBurst || self == .trunkBurst }

    /// Values that a rule may set.
    public var range: ClosedRange<Int> {
        switch self {
        case .callSeconds: 1...86_400
        case .refusalsPerMinute: 0...1_000
        case .linkBurst, .trunkBurst: 1...1_000
        case .costPerDay, .costPerLinkDay, .costPerNumberDay: 0...MoneyAmount.limit
        default: 0...1_000_000
        }
    }

    /// Whose word a refusal by this cap is.
    public var check: GuardCheck {
        switch self {
        case .linkBurst, .perLinkConcurrent, .perLinkDay: .link
        case .perAddressHour, .internalPerAddressHour: .address
        case .perNetworkHour: .network
        case .perNumberDay: .number
        case .trunkBurst, .perTrunkDay: .trunk
        case .perDay: .day
        case .minutesPerDay, .callSeconds: .minutes
        case .costPerDay, .costPerLinkDay, .costPerNumberDay: .cost
        case .concurrent, .internalConcurrent: .concurrent
        case .refusalsPerMinute: .address
        }
    }

    /// The counted caps of a telephone call, in the order in which they are asked.
    static let ofTelephones: [GuardCap] = [
        .linkBurst, .perLinkConcurrent, .perLinkDay, .costPerLinkDay, .perAddressHour, .perNetworkHour, .perNumberDay, .costPerNumberDay, .trunkBurst,
        .perTrunkDay, .perDay, .minutesPerDay, .costPerDay, .concurrent,
    ]
    /// Those of a call to this installation's own numbers: counted apart, since a flood of echo tests must not use up the lines,
    /// and neither may escape by the other.
    static let ofOwnNumbers: [GuardCap] = [.internalPerAddressHour, .internalConcurrent]
}
