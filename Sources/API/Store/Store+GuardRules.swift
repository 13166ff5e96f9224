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
            try transaction.write(rule)
            return rule
        }
    }

    /// Newest first.
    public func guardRules(_ page: PageRequest) async throws(StoreError) -> Page<GuardRule> {
        let parameters = page.parameters
        let rules = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT * FROM guard_rule_documents
                 WHERE $1::bigint IS NULL OR (created, id) < (instant($1::bigint), $2)
                 ORDER BY created DESC, id DESC LIMIT $3
                """, parameters.at, parameters.id, parameters.rows
            ) { row throws(PostgresError) in try row.guardRule() }
        }
        return page.page(of: rules) { PageCursor(at: $0.createdAt, id: $0.id.text) }
    }

    public func guardRule(_ id: GuardRuleID) async throws(StoreError) -> GuardRule? {
        try await transaction { transaction throws(PostgresError) in
            try transaction.row("SELECT * FROM guard_rule_documents WHERE id = $1", .id(id)) { row throws(PostgresError) in try row.guardRule() }
        }
    }

    /// Replaces what a rule says, if it is as `condition` expects it.
    public func updateGuardRule(
        _ id: GuardRuleID, _ effect: GuardRule.Effect, note: String?, if condition: VersionCondition
    ) async throws(StoreError) -> RowChange<GuardRule> {
        try await transaction { transaction throws(PostgresError) in
            let known = try transaction.row(
                "SELECT version, milliseconds(created_at) AS created_at FROM guard_rules WHERE id = $1 FOR UPDATE", .id(id)
            ) { row throws(PostgresError) in (version: try row.value("version", as: Int64.self), at: try row.value("created_at", as: Int64.self)) }
            guard let known else { return .missing }
            guard condition.holds(for: known.version) else { return .outdated }
            let rule = GuardRule(id: id, version: known.version + 1, effect: effect, note: note, createdAt: known.at)
            try transaction.write(rule)
            return .changed(rule)
        }
    }

    /// Deletes a rule, if it is as `condition` expects it.
    public func deleteGuardRule(_ id: GuardRuleID, if condition: VersionCondition = .any) async throws(StoreError) -> RowChange<GuardRuleID> {
        try await transaction { transaction throws(PostgresError) in
            let version = try transaction.row("SELECT version FROM guard_rules WHERE id = $1 FOR UPDATE", .id(id)) { row throws(PostgresError) in
                try row.value("version", as: Int64.self)
            }
            guard let version else { return .missing }
            guard condition.holds(for: version) else { return .outdated }
            _ = try transaction.execute("DELETE FROM guard_rules WHERE id = $1", .id(id))
            return .changed(id)
        }
    }

    /// What FraudGuard decided, newest first.
    public func guardDecisions(
        _ page: PageRequest, matching filter: GuardDecisionFilter = GuardDecisionFilter()
    ) async throws(StoreError) -> Page<GuardDecision> {
        let parameters = page.parameters
        let decisions = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT milliseconds(at) AS at, id, call, room, target, address, link, allowed, count, refusal FROM guard_decisions
                 WHERE ($1::bigint IS NULL OR (at, id) < (instant($1::bigint), $2))
                   AND ($4::bigint IS NULL OR at >= instant($4)) AND ($5::bigint IS NULL OR at < instant($5))
                   AND ($6::text IS NULL OR refusal ->> 'rule' = $6) AND ($7::boolean IS NULL OR allowed = $7)
                   AND ($8::text IS NULL OR address = $8)
                 ORDER BY at DESC, id DESC LIMIT $3
                """, parameters.at, parameters.id, parameters.rows, .optional(filter.from), .optional(filter.until),
                .optional(filter.rule?.rawValue), filter.isAllowed.map { .bool($0) } ?? .null, .optional(filter.address?.countedAddress)
            ) { row throws(PostgresError) in try GuardDecision(row) }
        }
        return page.page(of: decisions) { PageCursor(at: $0.at, id: $0.id) }
    }
}

/// Which lines of the log are wanted; what is `nil` is any.
public struct GuardDecisionFilter: Sendable, Equatable {
    /// Milliseconds since 1970 UTC.
    public var from: Int64?
    /// The first moment that is not wanted.
    public var until: Int64?
    /// The rule that refused.
    public var rule: GuardCheck?
    public var isAllowed: Bool?
    /// Of IPv6 its /64.
    public var address: IPAddress?

    public init(from: Int64? = nil, until: Int64? = nil, rule: GuardCheck? = nil, isAllowed: Bool? = nil, address: IPAddress? = nil) {
        self.from = from
        self.until = until
        self.rule = rule
        self.isAllowed = isAllowed
        self.address = address
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
    /// Makes a rule, or writes what it says now.
    fileprivate func write(_ rule: GuardRule) throws(PostgresError) {
        let columns = GuardRuleColumns(rule.effect)
        _ = try execute(
            """
            INSERT INTO guard_rules (id, version, effect, prefix, country, type, link, trunk, cap, cap_limit, warn_at, seconds, lock_seconds, opens,
                                     closes, weekdays, price, note, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, instant($19))
            ON CONFLICT (id) DO UPDATE
               SET version = excluded.version, prefix = excluded.prefix, country = excluded.country, type = excluded.type, link = excluded.link,
                   trunk = excluded.trunk, cap_limit = excluded.cap_limit, warn_at = excluded.warn_at, seconds = excluded.seconds,
                   lock_seconds = excluded.lock_seconds, opens = excluded.opens, closes = excluded.closes, weekdays = excluded.weekdays,
                   price = excluded.price, note = excluded.note
            """,
            .id(rule.id), .int(rule.version), .text(columns.effect), .optional(columns.scope.numbers?.prefix),
            .optional(columns.scope.numbers?.country), .optional(columns.scope.numbers?.type?.rawValue), .optional(columns.scope.link?.text),
            .optional(columns.scope.trunk?.text), .optional(columns.cap?.rawValue), .optional(columns.limit), .optional(columns.warnAt),
            .optional(columns.burst?.seconds), .optional(columns.burst?.lockSeconds), .optional(columns.hours?.opens),
            .optional(columns.hours?.closes), columns.hours.map { .texts($0.weekdayList.map(\.rawValue)) } ?? .null,
            .optional(columns.price?.millionths), .optional(rule.note), .int(rule.createdAt))
    }
}

/// What a rule's row holds.
private struct GuardRuleColumns {
    var effect: String
    var scope = GuardScope.everything
    var cap: GuardCap?
    var limit: Int?
    var warnAt: Int?
    var burst: BurstTimes?
    var hours: OpeningHours?
    var price: MoneyAmount?

    init(_ rule: GuardRule.Effect) {
        switch rule {
        case .allow(let match): (effect, scope) = ("allow", GuardScope(numbers: match))
        case .block(let match): (effect, scope) = ("block", GuardScope(numbers: match))
        case .cap(let name, let limit, let scope, let warnAt, let burst):
            (effect, cap, self.limit, self.scope, self.warnAt, self.burst) = ("cap", name, limit, scope, warnAt, burst)
        case .hours(let hours, let scope): (effect, self.hours, self.scope) = ("hours", hours, scope)
        case .cost(let prefix, let trunk, let price):
            (effect, scope, self.price) = ("cost", GuardScope(numbers: NumberMatch(prefix: prefix), trunk: trunk), price)
        }
    }
}
