/// Every rule that is in force, sorted for the questions that FraudGuard asks.
public struct GuardRules: Sendable, Equatable {
    public var allow: [NumberMatch]
    public var block: [NumberMatch]
    private var caps: [Cap]
    private var hours: [HoursOfScope]
    private var costs: [Cost]
    private let policy: Policy

    /// Opening hours with one scope: one of them must be open.
    public struct HoursOfScope: Sendable, Equatable {
        public var scope: GuardScope
        public var hours: [OpeningHours]
        /// The latest of these rules.
        public var rule: GuardRuleID
    }

    private struct Cap: Equatable {
        var cap: GuardCap
        var scope: GuardScope
        var limit: Int?
        var warnAt: Int?
        var burst: BurstTimes?
        var rule: GuardRuleID
    }

    private struct Cost: Equatable {
        var prefix: String
        var trunk: TrunkID?
        var perMinute: MoneyAmount
    }

    /// Of two rules for one cap and one scope the later one holds, and so it is for prices.
    public init(_ rules: [GuardRule] = [], policy: Policy = Policy()) {
        self.policy = policy
        (allow, block, caps, hours, costs) = ([], [], [], [], [])
        for rule in rules.sorted(by: { ($0.createdAt, $0.id.text) < ($1.createdAt, $1.id.text) }) {
            switch rule.effect {
            case .allow(let match): allow.append(match)
            case .block(let match): block.append(match)
            case .cap(let cap, let limit, let scope, let warnAt, let burst):
                caps.removeAll { $0.cap == cap && $0.scope == scope }
                caps.append(Cap(cap: cap, scope: scope, limit: limit, warnAt: warnAt, burst: burst, rule: rule.id))
            case .hours(let opening, let scope):
                if let index = hours.firstIndex(where: { $0.scope == scope }) {
                    hours[index].hours.append(opening)
                    hours[index].rule = rule.id
                } else {
                    hours.append(HoursOfScope(scope: scope, hours: [opening], rule: rule.id))
                }
            case .cost(let prefix, let trunk, let perMinute):
                costs.removeAll { $0.prefix == prefix && $0.trunk == trunk }
                costs.append(Cost(prefix: prefix, trunk: trunk, perMinute: perMinute))
            }
        }
    }

    public var dialing: Policy.Dialing { policy.dialing }
    /// IANA name of the zone in which a day begins at midnight.
    public var timeZone: String { policy.caps.timeZone }

    /// The limit of a cap for all calls.
    public func limit(_ cap: GuardCap) -> Int? {
        guard let rule = caps.first(where: { $0.cap == cap && $0.scope.isEverything }) else { return cap.standard(policy) }
        return rule.limit ?? (cap.isRemovable ? nil : cap.standard(policy))
    }

    /// Seconds that a call may last: the least of what covers it.
    public func callSeconds(_ dial: GuardedDial) -> Int {
        let scoped = caps.filter { $0.cap == .callSeconds && !$0.scope.isEverything && $0.scope.covers(dial) }.compactMap(\.limit)
        return min(limit(.callSeconds) ?? 0, scoped.min() ?? .max)
    }

    /// What is to be counted for a dial, in its order: of each cap the one for all calls, then those of a part of them.
    public func questions(_ dial: GuardedDial) -> [GuardQuestion] {
        (dial.target.isTelephone ? GuardCap.ofTelephones : GuardCap.ofOwnNumbers).flatMap { cap in
            var questions: [GuardQuestion] = []
            if let limit = limit(cap) {
                let rule = caps.first { $0.cap == cap && $0.scope.isEverything }
                questions.append(
                    GuardQuestion(
                        cap, limit: limit, warnAt: rule == nil ? cap.standardWarning : rule?.warnAt, burst: rule?.burst ?? .standard, rule: rule?.rule
                    ))
            }
            for rule in caps where rule.cap == cap && !rule.scope.isEverything && rule.scope.covers(dial) {
                guard let limit = rule.limit else { continue }
                questions.append(GuardQuestion(cap, scope: rule.scope, limit: limit, warnAt: rule.warnAt, rule: rule.rule))
            }
            return questions
        }
    }

    /// The hours that cover a dial. - Parameter byTrunk: those of a trunk's, which are known only after the route.
    public func hours(_ dial: GuardedDial, byTrunk: Bool) -> [HoursOfScope] {
        hours.filter { ($0.scope.trunk != nil) == byTrunk && $0.scope.covers(dial) }
    }

    /// What a minute of this dial costs: the longest prefix, and among equals the one of its trunk. `nil`: nobody has said.
    public func price(_ dial: GuardedDial) -> MoneyAmount? {
        costs.filter { dial.target.text.hasPrefix($0.prefix) && ($0.trunk == nil || $0.trunk == dial.carrier) }
            .max { ($0.prefix.utf8.count, $0.trunk == nil ? 0 : 1) < ($1.prefix.utf8.count, $1.trunk == nil ? 0 : 1) }?.perMinute
    }
}

/// One count that is asked for.
public struct GuardQuestion: Sendable, Equatable {
    public var cap: GuardCap
    /// Only what it covers is counted.
    public var scope: GuardScope
    /// In the cap's unit.
    public var limit: Int
    /// Percent of the limit.
    public var warnAt: Int?
    /// Only of a burst.
    public var burst: BurstTimes
    /// The rule that it comes from; `nil` for a default.
    public var rule: GuardRuleID?

    public init(
        _ cap: GuardCap, scope: GuardScope = .everything, limit: Int, warnAt: Int? = nil, burst: BurstTimes = .standard, rule: GuardRuleID? = nil
    ) {
        self.cap = cap
        self.scope = scope
        self.limit = limit
        self.warnAt = warnAt
        self.burst = burst
        self.rule = rule
    }
}
