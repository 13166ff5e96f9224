import Domain
import LibPQ

extension Store {
    /// How long the heaps of refusals are kept that got no call, in milliseconds. An attacker makes them, so they must not stay for ever.
    public static let refusalsKept: Int64 = 30 * 24 * 3_600_000

    /// Forgets old heaps of refusals, and with them old warnings and locks that are over; returns how many, at most 1,000 of each at once.
    public func forgetRefusals(now: Int64) async throws(StoreError) -> Int {
        try await transaction { transaction throws(PostgresError) in
            let old = PostgresValue.int(now - Self.refusalsKept)
            _ = try transaction.execute(
                """
                DELETE FROM guard_warnings WHERE (cap, subject, since) IN (
                    SELECT cap, subject, since FROM guard_warnings WHERE told_at <= instant($1) ORDER BY told_at LIMIT 1000
                    FOR UPDATE SKIP LOCKED)
                """, old)
            _ = try transaction.execute(
                """
                DELETE FROM guard_locks WHERE id IN (
                    SELECT id FROM guard_locks WHERE locked_at <= instant($1) AND until <= instant($1) ORDER BY locked_at LIMIT 1000
                    FOR UPDATE SKIP LOCKED)
                """, old)
            return try transaction.execute(
                """
                DELETE FROM guard_refusals WHERE (address, rule, minute) IN (
                    SELECT address, rule, minute FROM guard_refusals WHERE minute <= instant($1) ORDER BY minute LIMIT 1000
                    FOR UPDATE SKIP LOCKED)
                """, old)
        }
    }
}

extension PostgresTransaction {
    /// The rules that a dial to `number` falls under, apart from the links and trunks that they name.
    func guardRules(covering target: DialTarget, _ profile: NumberProfile?, policy: Policy) throws(PostgresError) -> GuardRules {
        let number = target.isTelephone ? target.text : ""
        let rules = try rows(
            """
            SELECT * FROM guard_rule_documents
             WHERE (prefix = ANY($1) OR prefix IS NULL) AND (country IS NULL OR country = $2) AND (type IS NULL OR type = $3)
            """, .texts((2...16).map { String(number.prefix($0)) }), .optional(profile?.region), .optional(profile?.type.rawValue)
        ) { row throws(PostgresError) in try row.guardRule() }
        return GuardRules(rules, policy: policy)
    }

    /// From here to the end of the transaction nobody else reserves.
    ///
    /// One lock for all counts, taken after the load's and the room's, is the simplest fixed order there is. It is held for a handful
    /// of short statements; what a call has used is its row, so nothing needs it to be given back.
    func lockGuard() throws(PostgresError) {
        // Two installations in schemas of one database do not wait for each other.
        _ = try execute("SELECT pg_advisory_xact_lock(7246459024 # hashtextextended(current_schema(), 4))")
    }

    /// The day of the named zone in which `now` lies.
    func guardDay(_ now: Int64, _ timeZone: String) throws(PostgresError) -> OpenTime {
        let day = try row(
            """
            WITH today AS (SELECT date_trunc('day', instant($1) AT TIME ZONE $2) AS day)
            SELECT milliseconds(day AT TIME ZONE $2) AS begins, milliseconds((day + interval '1 day') AT TIME ZONE $2) AS ends FROM today
            """, .int(now), .text(timeZone)
        ) { row throws(PostgresError) in OpenTime(from: try row.value("begins"), until: try row.value("ends")) }
        guard let day else { throw PostgresError(.fault, "there is no day") }
        return day
    }

    /// When these hours are open, from yesterday to the day of next week.
    func openTimes(_ hours: OpeningHours, now: Int64, timeZone: String) throws(PostgresError) -> [OpenTime] {
        let (opens, closes) = hours.length
        return try rows(
            """
            SELECT milliseconds((day + $3 * interval '1 minute') AT TIME ZONE $2) AS begins,
                   milliseconds((day + $4 * interval '1 minute') AT TIME ZONE $2) AS ends
              FROM generate_series(date_trunc('day', instant($1) AT TIME ZONE $2) - interval '1 day',
                                   date_trunc('day', instant($1) AT TIME ZONE $2) + interval '8 days', interval '1 day') AS day
             WHERE extract(isodow FROM day)::text = ANY($5) ORDER BY day
            """, .int(now), .text(timeZone), .int(Int64(opens)), .int(Int64(closes)), .texts(hours.weekdayList.map { String($0.number) })
        ) { row throws(PostgresError) in OpenTime(from: try row.value("begins"), until: try row.value("ends")) }
    }

    /// Asks the hours that cover a dial.
    func guardHours(_ dial: GuardedDial, byTrunk: Bool, _ rules: GuardRules, now: Int64) throws(PostgresError) -> [GuardStep] {
        try FraudGuard.hours(rules.hours(dial, byTrunk: byTrunk), now: now) { hours throws(PostgresError) in
            try openTimes(hours, now: now, timeZone: rules.timeZone)
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
    var link: LinkID?
    /// Milliseconds since 1970 UTC.
    var now: Int64
    /// The day that it counts to.
    var day = OpenTime(from: 0, until: 0)

    init(_ target: DialTarget, client: IPAddress?, carrier: TrunkID?, link: LinkID?, now: Int64) {
        self.target = target.text
        isTelephone = target.isTelephone
        address = client?.countedAddress ?? ""
        network = client?.countedNetwork ?? ""
        self.carrier = carrier
        self.link = link
        self.now = now
    }
}

extension PostgresRow {
    /// A row of `guard_rule_documents`.
    func guardRule() throws(PostgresError) -> GuardRule {
        GuardRule(
            id: try domain("id", GuardRuleID.init), version: try value("version"), effect: try effect(), note: try optional("note"),
            createdAt: try value("created_at"))
    }

    private func effect() throws(PostgresError) -> GuardRule.Effect {
        let match = NumberMatch(
            prefix: try optional("prefix"), country: try optional("country"), type: try optionalDomain("type", NumberType.init))
        let trunk = try optionalDomain("trunk", TrunkID.init)
        let scope = GuardScope(numbers: match, link: try optionalDomain("link", LinkID.init), trunk: trunk)
        switch (try value("effect", as: String.self), match) {
        case ("allow", let match?): return .allow(match)
        case ("block", let match?): return .block(match)
        case ("cap", _):
            var burst: BurstTimes?
            if let seconds = try optional("seconds", as: Int.self), let lock = try optional("lock_seconds", as: Int.self) {
                burst = BurstTimes(seconds: seconds, lockSeconds: lock)
            }
            return .cap(
                try domain("cap", GuardCap.init), limit: try optional("cap_limit"), scope: scope, warnAt: try optional("warn_at"), burst: burst)
        case ("hours", _):
            let days = Set(try value("weekdays", as: [String].self).compactMap(OpeningHours.Weekday.init))
            guard let hours = OpeningHours(opens: try value("opens"), closes: try value("closes"), weekdays: days) else { break }
            return .hours(hours, scope: scope)
        case ("cost", _):
            guard let price = MoneyAmount(millionths: try value("price")) else { break }
            return .cost(prefix: try value("prefix"), trunk: trunk, perMinute: price)
        default: break
        }
        throw PostgresError(.fault, "a rule of FraudGuard says nothing")
    }
}
