import Domain
import LibPQ

extension Store {
    /// How long the heaps of refusals are kept that got no call, in milliseconds. An attacker makes them, so they must not stay for ever.
    public static let refusalsKept: Int64 = 30 * 24 * 3_600_000

    /// Forgets old heaps of refusals; returns how many, at most 1,000 at once.
    public func forgetRefusals(now: Int64) async throws(StoreError) -> Int {
        try await transaction { transaction throws(PostgresError) in
            try transaction.execute(
                """
                DELETE FROM guard_refusals WHERE (address, rule, minute) IN (
                    SELECT address, rule, minute FROM guard_refusals WHERE minute <= instant($1) ORDER BY minute LIMIT 1000
                    FOR UPDATE SKIP LOCKED)
                """, .int(now - Self.refusalsKept))
        }
    }
}

extension PostgresTransaction {
    /// The rules that a dial to `number` falls under: the caps, and the matches that cover it.
    func guardRules(covering number: String, _ profile: NumberProfile?, policy: Policy) throws(PostgresError) -> GuardRules {
        let rules = try rows(
            """
            SELECT id, effect, prefix, country, type, cap, cap_limit, note, milliseconds(created_at) AS created_at FROM guard_rules
             WHERE effect = 'cap'
                OR ((prefix IS NULL OR starts_with($1, prefix)) AND (country IS NULL OR country = $2) AND (type IS NULL OR type = $3))
            """, .text(number), .optional(profile?.region), .optional(profile?.type.rawValue)
        ) { row throws(PostgresError) in try row.guardRule() }
        return GuardRules(rules, policy: policy)
    }

    /// From here to the end of the transaction nobody else reserves.
    ///
    /// One lock for all counts, taken after the load's and the room's, is the simplest fixed order there is. It is held for a handful
    /// of short statements; what a call has used is its row, so nothing needs it to be given back.
    func lockGuard() throws(PostgresError) {
        _ = try execute("SELECT pg_advisory_xact_lock(7246459024)")
    }

    /// Counts what one check of a dial has used, up to `enough`. `nil` if the check does not concern it.
    func guardUsage(_ check: GuardCheck, enough: Int, _ dial: CountedDial) throws(PostgresError) -> GuardUsage? {
        let hour: Int64 = 3_600_000
        let enough = PostgresValue.int(Int64(enough))
        func recent(_ row: borrowing PostgresRow) throws(PostgresError) -> GuardUsage {
            GuardUsage(used: try row.value("used"), resetsAt: try row.optional("resets_at"))
        }
        switch check {
        case .address:
            guard !dial.address.isEmpty else { return nil }
            return try row(
                """
                SELECT count(*) AS used, milliseconds(min(queued_at)) + $5 AS resets_at FROM (
                    SELECT queued_at FROM calls
                     WHERE counted_address = $1 AND telephone = $2 AND command IS NOT NULL AND queued_at > instant($3)
                     ORDER BY queued_at DESC LIMIT $4) placed
                """, .text(dial.address), .bool(dial.isTelephone), .int(dial.now - hour), enough, .int(hour), read: recent)
        case .network:
            guard !dial.network.isEmpty else { return nil }
            return try row(
                """
                SELECT count(*) AS used, milliseconds(min(queued_at)) + $5 AS resets_at FROM (
                    SELECT queued_at FROM calls
                     WHERE counted_network = $1 AND telephone = $2 AND command IS NOT NULL AND queued_at > instant($3)
                     ORDER BY queued_at DESC LIMIT $4) placed
                """, .text(dial.network), .bool(dial.isTelephone), .int(dial.now - hour), enough, .int(hour), read: recent)
        case .number:
            return try row(
                """
                SELECT count(*) AS used, milliseconds(min(queued_at)) + $4 AS resets_at FROM (
                    SELECT queued_at FROM calls
                     WHERE target = $1 AND telephone AND command IS NOT NULL AND queued_at > instant($2)
                     ORDER BY queued_at DESC LIMIT $3) placed
                """, .text(dial.target), .int(dial.now - 24 * hour), enough, .int(24 * hour), read: recent)
        case .trunk:
            guard let carrier = dial.carrier else { return nil }
            return try row(
                """
                WITH today AS (SELECT date_trunc('day', instant($2) AT TIME ZONE $3) AS day)
                SELECT count(*) AS used, milliseconds((SELECT (day + interval '1 day') AT TIME ZONE $3 FROM today)) AS resets_at FROM (
                    SELECT FROM calls WHERE carrier = $1 AND telephone AND command IS NOT NULL
                       AND queued_at >= (SELECT day AT TIME ZONE $3 FROM today) LIMIT $4) placed
                """, .id(carrier), .int(dial.now), .text(dial.timeZone), enough, read: recent)
        case .day:
            return try row(
                """
                WITH today AS (SELECT date_trunc('day', instant($1) AT TIME ZONE $2) AS day)
                SELECT count(*) AS used, milliseconds((SELECT (day + interval '1 day') AT TIME ZONE $2 FROM today)) AS resets_at FROM (
                    SELECT FROM calls WHERE telephone AND command IS NOT NULL
                       AND queued_at >= (SELECT day AT TIME ZONE $2 FROM today) LIMIT $3) placed
                """, .int(dial.now), .text(dial.timeZone), enough, read: recent)
        case .concurrent:
            return try row(
                """
                SELECT count(*) AS used, NULL::bigint AS resets_at FROM (
                    SELECT FROM calls WHERE telephone = $1 AND state <> 'ended' LIMIT $2) up
                """, .bool(dial.isTelephone), enough, read: recent)
        case .malformed, .emergency, .blocklist, .signature, .allowlist, .numberType, .country, .link:
            return nil
        }
    }

    /// Whether one more refused dial of this address may have a row of its own; if not it is put on its heap.
    ///
    /// An attacker could otherwise fill the table, and the receiver of the webhooks with it. Many addresses together are limited, too.
    func mayRecordRefusal(_ dial: CountedDial, limit: Int, rule: String, refusal: GuardRefusal?) throws(PostgresError) -> Bool {
        _ = try execute("SELECT pg_advisory_xact_lock(7246459025)")
        let fits = try row(
            """
            SELECT (SELECT count(*) FROM (SELECT FROM calls WHERE counted_address = $1 AND command IS NULL AND queued_at > instant($2) LIMIT $3) own) < $3
               AND (SELECT count(*) FROM (SELECT FROM calls WHERE command IS NULL AND queued_at > instant($2) LIMIT $4) every) < $4 AS fits
            """, .text(dial.address), .int(dial.now - 60_000), .int(Int64(limit)), .int(Int64(limit) * 30)
        ) { row throws(PostgresError) in try row.value("fits", as: Bool.self) }
        if fits == true { return true }
        _ = try execute(
            """
            INSERT INTO guard_refusals AS heap (address, rule, minute, count, refusal, last_at)
            VALUES ($1, $2, date_trunc('minute', instant($3)), 1, $4, instant($3))
            ON CONFLICT (address, rule, minute) DO UPDATE SET count = heap.count + 1, refusal = excluded.refusal, last_at = excluded.last_at
            """, .text(dial.address), .text(rule), .int(dial.now),
            .optional(try refusal.map { refusal throws(PostgresError) in try JSONText.encode(refusal) }))
        return false
    }
}

/// What a dial counts under.
struct CountedDial {
    var target: String
    var isTelephone: Bool
    /// Empty if no browser asked.
    var address: String
    var network: String
    var carrier: TrunkID?
    /// Milliseconds since 1970 UTC.
    var now: Int64
    /// IANA name.
    var timeZone: String

    init(_ target: DialTarget, client: IPAddress?, carrier: TrunkID?, rules: GuardRules, now: Int64) {
        self.target = target.text
        isTelephone = target.isTelephone
        address = client?.countedAddress ?? ""
        network = client?.countedNetwork ?? ""
        self.carrier = carrier
        self.now = now
        timeZone = rules.timeZone
    }
}

extension PostgresRow {
    /// A row of `guard_rules`.
    func guardRule() throws(PostgresError) -> GuardRule {
        GuardRule(
            id: try domain("id", GuardRuleID.init), effect: try effect(), note: try optional("note"), createdAt: try value("created_at"))
    }

    private func effect() throws(PostgresError) -> GuardRule.Effect {
        let effect = try value("effect", as: String.self)
        if effect == "cap" { return .cap(try domain("cap", GuardCap.init), limit: try optional("cap_limit")) }
        guard
            let match = NumberMatch(
                prefix: try optional("prefix"), country: try optional("country"), type: try optionalDomain("type", NumberType.init))
        else { throw PostgresError(.fault, "a rule of FraudGuard covers nothing") }
        return effect == "block" ? .block(match) : .allow(match)
    }
}
