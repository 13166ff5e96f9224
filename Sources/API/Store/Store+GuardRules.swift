import Domain
import LibPQ

extension Store {
    /// More rules than anybody keeps by hand; each is looked at for every dial.
    public static let guardRuleLimit = 10_000

    /// Adds a rule. `nil`: there are as many as there may be.
    public func createGuardRule(
        _ effect: GuardRule.Effect, note: String?, now: Int64, generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> GuardRule? {
        let rule = GuardRule(id: GuardRuleID(random: &generator), effect: effect, note: note, createdAt: now)
        return try await transaction { transaction throws(PostgresError) in
            let count = try transaction.row("SELECT count(*) AS count FROM guard_rules") { row throws(PostgresError) in
                try row.value("count", as: Int.self)
            }
            guard (count ?? 0) < Self.guardRuleLimit else { return nil }
            try transaction.insert(rule)
            return rule
        }
    }

    /// Newest first.
    public func guardRules(_ page: PageRequest) async throws(StoreError) -> Page<GuardRule> {
        let parameters = page.parameters
        let rules = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT id, effect, prefix, country, type, cap, cap_limit, note, milliseconds(created_at) AS created_at FROM guard_rules
                 WHERE $1::bigint IS NULL OR (created_at, id) < (instant($1::bigint), $2)
                 ORDER BY created_at DESC, id DESC LIMIT $3
                """, parameters.at, parameters.id, parameters.rows
            ) { row throws(PostgresError) in try row.guardRule() }
        }
        return page.page(of: rules) { PageCursor(at: $0.createdAt, id: $0.id.text) }
    }

    /// `false` if there is no such rule.
    public func deleteGuardRule(_ id: GuardRuleID) async throws(StoreError) -> Bool {
        try await transaction { transaction throws(PostgresError) in
            try transaction.execute("DELETE FROM guard_rules WHERE id = $1", .id(id)) == 1
        }
    }

    /// What FraudGuard decided, newest first.
    public func guardDecisions(_ page: PageRequest) async throws(StoreError) -> Page<GuardDecision> {
        let parameters = page.parameters
        let decisions = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT milliseconds(at) AS at, id, call, room, target, address, link, allowed, count, refusal FROM guard_decisions
                 WHERE $1::bigint IS NULL OR (at, id) < (instant($1::bigint), $2)
                 ORDER BY at DESC, id DESC LIMIT $3
                """, parameters.at, parameters.id, parameters.rows
            ) { row throws(PostgresError) in try GuardDecision(row) }
        }
        return page.page(of: decisions) { PageCursor(at: $0.at, id: $0.id) }
    }

    /// What would become of a dial, without placing it or counting it.
    ///
    /// - Parameter client: whose counts it would fall under.
    public func checkDial(
        _ target: DialTarget, client: IPAddress?, trunk: TrunkID?, isGranted: Bool, now: Int64, policy: Policy, plan: any NumberPlan
    ) async throws(StoreError) -> (verdict: GuardVerdict, profile: NumberProfile?) {
        var profile: NumberProfile?
        var isEmergency = false
        switch target {
        case .e164(let number): profile = plan.profile(of: number)
        case .short(let digits): isEmergency = plan.isEmergency(short: digits)
        case .unreadable: break
        }
        let subject = FraudGuard.Subject(target: target, profile: profile, isGranted: isGranted, isEmergency: isEmergency)
        let verdict = try await transaction { [profile] transaction throws(PostgresError) -> GuardVerdict in
            let rules = try transaction.guardRules(covering: target.text, profile, policy: policy)
            if let refusal = FraudGuard.screen(subject, rules) { return .refused(refusal) }
            let counted = CountedDial(target, client: client, carrier: trunk, rules: rules, now: now)
            return try FraudGuard.reserve(isTelephone: counted.isTelephone, rules) { check, enough throws(PostgresError) in
                try transaction.guardUsage(check, enough: enough, counted)
            }
        }
        return (verdict, profile)
    }
}

/// One line of FraudGuard's log: a call, or a heap of refused dials that got no call each.
public struct GuardDecision: Sendable, Equatable {
    /// Milliseconds since 1970 UTC; of a heap its minute.
    public var at: Int64
    /// Of this line, for paging.
    public var id: String
    public var call: CallID?
    public var room: RoomSlug?
    public var target: DialTarget?
    /// What the dial counted under; empty if no browser asked.
    public var address: String
    public var link: LinkID?
    public var isAllowed: Bool
    /// How many dials the line stands for.
    public var count: Int
    public var refusal: GuardRefusal?

    init(_ row: borrowing PostgresRow) throws(PostgresError) {
        at = try row.value("at")
        id = try row.value("id")
        call = try row.optionalDomain("call", CallID.init)
        room = try row.optionalDomain("room", RoomSlug.init)
        target = try row.optionalDomain("target", DialTarget.init(stored:))
        address = try row.value("address")
        link = try row.optionalDomain("link", LinkID.init)
        isAllowed = try row.value("allowed")
        count = try row.value("count")
        refusal = try row.refusal()
    }
}

extension PostgresTransaction {
    fileprivate func insert(_ rule: GuardRule) throws(PostgresError) {
        var effect = "allow"
        var match: NumberMatch?
        var cap: (GuardCap, Int?)?
        switch rule.effect {
        case .allow(let covered): match = covered
        case .block(let covered): (effect, match) = ("block", covered)
        case .cap(let name, let limit): (effect, cap) = ("cap", (name, limit))
        }
        _ = try execute(
            """
            INSERT INTO guard_rules (id, effect, prefix, country, type, cap, cap_limit, note, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, instant($9))
            """,
            .id(rule.id), .text(effect), .optional(match?.prefix), .optional(match?.country), .optional(match?.type?.rawValue),
            .optional(cap?.0.rawValue), .optional(cap?.1), .optional(rule.note), .int(rule.createdAt))
    }
}
