import Domain
import LibPQ

// What is used of a cap is counted from the calls themselves: a row that is written is counted, and a call that has ended is not up.
extension PostgresTransaction {
    private static let hour: Int64 = 3_600_000

    /// Counts what a dial's question is about, under the guard's lock. `nil` if it does not concern this dial.
    func guardUsage(_ question: GuardQuestion, _ dial: CountedDial) throws(PostgresError) -> GuardUsage? {
        switch question.cap {
        case .linkBurst:
            guard let link = dial.link else { return nil }
            return try linkBurst(link, question, now: dial.now)
        case .trunkBurst:
            guard let carrier = dial.carrier else { return nil }
            return try trunkBurst(carrier, question, now: dial.now)
        case .perAddressHour, .perNetworkHour, .perNumberDay, .perTrunkDay, .perDay, .concurrent, .internalPerAddressHour, .internalConcurrent,
            .perLinkConcurrent, .perLinkDay:
            guard let counted = dial.counted(by: question) else { return nil }
            guard !question.scope.isEverything else { return try countAll(question, dial) }
            return counted.isUp ? try countUp(question, counted) : try count(question, counted, dial)
        case .minutesPerDay, .costPerDay, .costPerLinkDay, .costPerNumberDay:
            guard let counted = dial.counted(by: question) else { return nil }
            return try sum(question, counted, dial)
        case .callSeconds, .refusalsPerMinute:
            return nil
        }
    }

    /// The caps for all calls, each by a statement with an index of its own.
    private func countAll(_ question: GuardQuestion, _ dial: CountedDial) throws(PostgresError) -> GuardUsage? {
        let hour = Self.hour
        let enough = PostgresValue.int(Int64(question.limit))
        func recent(_ row: borrowing PostgresRow) throws(PostgresError) -> GuardUsage {
            GuardUsage(used: try row.value("used"), resetsAt: try row.optional("resets_at"))
        }
        func today(_ row: borrowing PostgresRow) throws(PostgresError) -> GuardUsage {
            GuardUsage(used: try row.value("used"), resetsAt: dial.day.until)
        }
        switch question.cap {
        case .perAddressHour, .internalPerAddressHour:
            return try row(
                """
                SELECT count(*) AS used, milliseconds(min(queued_at)) + $5 AS resets_at FROM (
                    SELECT queued_at FROM calls
                     WHERE counted_address = $1 AND telephone = $2 AND command IS NOT NULL AND queued_at > instant($3)
                     ORDER BY queued_at DESC LIMIT $4) placed
                """, .text(dial.address), .bool(dial.isTelephone), .int(dial.now - hour), enough, .int(hour), read: recent)
        case .perNetworkHour:
            return try row(
                """
                SELECT count(*) AS used, milliseconds(min(queued_at)) + $5 AS resets_at FROM (
                    SELECT queued_at FROM calls
                     WHERE counted_network = $1 AND telephone = $2 AND command IS NOT NULL AND queued_at > instant($3)
                     ORDER BY queued_at DESC LIMIT $4) placed
                """, .text(dial.network), .bool(dial.isTelephone), .int(dial.now - hour), enough, .int(hour), read: recent)
        case .perNumberDay:
            return try row(
                """
                SELECT count(*) AS used, milliseconds(min(queued_at)) + $4 AS resets_at FROM (
                    SELECT queued_at FROM calls
                     WHERE target = $1 AND telephone AND command IS NOT NULL AND queued_at > instant($2)
                     ORDER BY queued_at DESC LIMIT $3) placed
                """, .text(dial.target), .int(dial.now - 24 * hour), enough, .int(24 * hour), read: recent)
        case .perTrunkDay:
            return try row(
                """
                SELECT count(*) AS used FROM (
                    SELECT FROM calls WHERE carrier = $1 AND telephone AND command IS NOT NULL AND queued_at >= instant($2) LIMIT $3) placed
                """, .optional(dial.carrier?.text), .int(dial.day.from), enough, read: today)
        case .perLinkDay:
            return try row(
                """
                SELECT count(*) AS used FROM (
                    SELECT FROM calls WHERE link = $1 AND telephone AND command IS NOT NULL AND queued_at >= instant($2) LIMIT $3) placed
                """, .optional(dial.link?.text), .int(dial.day.from), enough, read: today)
        case .perDay:
            return try row(
                """
                SELECT count(*) AS used FROM (
                    SELECT FROM calls WHERE telephone AND command IS NOT NULL AND queued_at >= instant($1) LIMIT $2) placed
                """, .int(dial.day.from), enough, read: today)
        case .concurrent, .internalConcurrent:
            return try row(
                """
                SELECT count(*) AS used, NULL::bigint AS resets_at FROM (
                    SELECT FROM calls WHERE telephone = $1 AND state <> 'ended' LIMIT $2) up
                """, .bool(dial.isTelephone), enough, read: recent)
        case .perLinkConcurrent:
            return try row(
                """
                SELECT count(*) AS used, NULL::bigint AS resets_at FROM (
                    SELECT FROM calls WHERE link = $1 AND telephone AND command IS NOT NULL AND state <> 'ended' LIMIT $2) up
                """, .optional(dial.link?.text), enough, read: recent)
        default:
            return nil
        }
    }

    /// A cap for a part of the calls.
    private func count(_ question: GuardQuestion, _ counted: CountedPart, _ dial: CountedDial) throws(PostgresError) -> GuardUsage? {
        try row(
            """
            SELECT count(*) AS used, milliseconds(min(queued_at)) AS oldest FROM (
                SELECT queued_at FROM calls
                 WHERE telephone AND command IS NOT NULL AND queued_at >= instant($1)
                   AND ($2::text IS NULL OR counted_address = $2) AND ($3::text IS NULL OR counted_network = $3)
                   AND ($4::text IS NULL OR target = $4) AND ($5::text IS NULL OR carrier = $5) AND ($6::text IS NULL OR link = $6)
                   AND ($7::text IS NULL OR starts_with(target, $7)) AND ($8::text IS NULL OR guard_country = $8)
                   AND ($9::text IS NULL OR guard_type = $9)
                 ORDER BY queued_at DESC LIMIT $10) placed
            """, .int(counted.from), .optional(counted.address), .optional(counted.network), .optional(counted.target),
            .optional(counted.carrier), .optional(counted.link), .optional(counted.prefix), .optional(counted.country), .optional(counted.type),
            .int(Int64(question.limit))
        ) { row throws(PostgresError) in
            let oldest = try row.optional("oldest", as: Int64.self)
            return GuardUsage(used: try row.value("used"), resetsAt: counted.slides.map { slides in (oldest ?? dial.now) + slides } ?? counted.until)
        }
    }

    /// The same of calls that are up.
    private func countUp(_ question: GuardQuestion, _ counted: CountedPart) throws(PostgresError) -> GuardUsage? {
        try row(
            """
            SELECT count(*) AS used FROM (
                SELECT FROM calls
                 WHERE telephone AND state <> 'ended' AND ($1::text IS NULL OR carrier = $1) AND ($2::text IS NULL OR link = $2)
                   AND ($3::text IS NULL OR starts_with(target, $3)) AND ($4::text IS NULL OR guard_country = $4)
                   AND ($5::text IS NULL OR guard_type = $5)
                 LIMIT $6) up
            """, .optional(counted.carrier), .optional(counted.link), .optional(counted.prefix), .optional(counted.country),
            .optional(counted.type), .int(Int64(question.limit))
        ) { row throws(PostgresError) in GuardUsage(used: try row.value("used")) }
    }

    /// What the calls of a day have taken, up to now: seconds, or millionths of money.
    private func sum(_ question: GuardQuestion, _ counted: CountedPart, _ dial: CountedDial) throws(PostgresError) -> GuardUsage? {
        try row(
            """
            SELECT least(coalesce(sum(CASE WHEN $12 THEN div(minute_price::numeric * taken + 59, 60) ELSE taken END), 0), 4e18)::bigint AS used FROM (
                SELECT coalesce(minute_price, 0) AS minute_price,
                       taken_seconds(state, reserved_seconds, talk_seconds, answered_at, ended_at, instant($11)) AS taken
                  FROM calls
                 WHERE telephone AND command IS NOT NULL AND queued_at >= instant($1) AND queued_at < instant($2)
                   AND ($3::text IS NULL OR counted_address = $3) AND ($4::text IS NULL OR counted_network = $4)
                   AND ($5::text IS NULL OR target = $5) AND ($6::text IS NULL OR carrier = $6) AND ($7::text IS NULL OR link = $7)
                   AND ($8::text IS NULL OR starts_with(target, $8)) AND ($9::text IS NULL OR guard_country = $9)
                   AND ($10::text IS NULL OR guard_type = $10)) placed
            """, .int(counted.from), .int(dial.day.until), .optional(counted.address), .optional(counted.network), .optional(counted.target),
            .optional(counted.carrier), .optional(counted.link), .optional(counted.prefix), .optional(counted.country), .optional(counted.type),
            .int(dial.now), .bool(question.cap.unit == .money)
        ) { row throws(PostgresError) in GuardUsage(used: try row.value("used"), resetsAt: dial.day.until) }
    }

    // A lock that is over, or was lifted, has also judged the dials before it.

    private func linkBurst(_ link: LinkID, _ question: GuardQuestion, now: Int64) throws(PostgresError) -> GuardUsage? {
        let (lockedUntil, since) = try guardLock("link", link.text, question.burst, now: now)
        return try row(
            """
            SELECT count(*) AS used FROM (
                SELECT FROM calls WHERE link = $1 AND telephone AND command IS NOT NULL AND queued_at > instant($2) LIMIT $3) placed
            """, .id(link), .int(since), .int(Int64(question.limit))
        ) { row throws(PostgresError) in GuardUsage(used: try row.value("used"), lockedUntil: lockedUntil) }
    }

    private func trunkBurst(_ trunk: TrunkID, _ question: GuardQuestion, now: Int64) throws(PostgresError) -> GuardUsage? {
        let (lockedUntil, since) = try guardLock("trunk", trunk.text, question.burst, now: now)
        return try row(
            """
            SELECT count(*) AS used FROM (
                SELECT FROM calls WHERE carrier = $1 AND telephone AND command IS NOT NULL AND queued_at > instant($2) LIMIT $3) placed
            """, .id(trunk), .int(since), .int(Int64(question.limit))
        ) { row throws(PostgresError) in GuardUsage(used: try row.value("used"), lockedUntil: lockedUntil) }
    }

    /// Until when the subject is locked, and since when its dials count.
    private func guardLock(
        _ kind: String, _ subject: String, _ burst: BurstTimes, now: Int64
    ) throws(PostgresError) -> (lockedUntil: Int64?, since: Int64) {
        let since = now - Int64(burst.seconds) * 1_000
        return try row(
            """
            SELECT milliseconds(max(until) FILTER (WHERE lifted_at IS NULL AND until > instant($3))) AS locked_until,
                   greatest($4, milliseconds(max(least(coalesce(lifted_at, until), instant($3))))) AS since
              FROM guard_locks WHERE kind = $1 AND subject = $2 AND until > instant($4)
            """, .text(kind), .text(subject), .int(now), .int(since)
        ) { row throws(PostgresError) in
            (lockedUntil: try row.optional("locked_until", as: Int64.self), since: try row.value("since", as: Int64.self))
        } ?? (nil, since)
    }
}

/// Which calls a question counts; what is `nil` is any.
struct CountedPart {
    var address: String?
    var network: String?
    var target: String?
    var carrier: String?
    var link: String?
    var prefix: String?
    var country: String?
    var type: String?
    /// Milliseconds since 1970 UTC.
    var from: Int64 = 0
    var until: Int64?
    /// Of a window that moves with the time, its length in milliseconds.
    var slides: Int64?
    /// Only those that have not ended.
    var isUp = false
}

extension CountedDial {
    /// `nil` if the question does not concern this dial.
    fileprivate func counted(by question: GuardQuestion) -> CountedPart? {
        let scope = question.scope
        var part = CountedPart(
            carrier: scope.trunk?.text, link: scope.link?.text, prefix: scope.numbers?.prefix, country: scope.numbers?.country,
            type: scope.numbers?.type?.rawValue)
        (part.from, part.until) = (day.from, day.until)
        func slide(_ milliseconds: Int64) { (part.from, part.until, part.slides) = (now - milliseconds + 1, nil, milliseconds) }
        switch question.cap {
        case .perAddressHour, .internalPerAddressHour:
            guard !address.isEmpty else { return nil }
            part.address = address
            slide(3_600_000)
        case .perNetworkHour:
            guard !network.isEmpty else { return nil }
            part.network = network
            slide(3_600_000)
        case .perNumberDay:
            part.target = target
            slide(24 * 3_600_000)
        case .costPerNumberDay:
            part.target = target
        case .perTrunkDay:
            guard let carrier else { return nil }
            part.carrier = carrier.text
        case .perLinkDay, .costPerLinkDay, .perLinkConcurrent:
            guard let link else { return nil }
            part.link = link.text
            part.isUp = question.cap == .perLinkConcurrent
        case .concurrent, .internalConcurrent: part.isUp = true
        case .perDay, .minutesPerDay, .costPerDay, .linkBurst, .trunkBurst, .callSeconds, .refusalsPerMinute: break
        }
        return part
    }

    /// For whom or what a cap counts, and the window of a warning about it.
    func window(of cap: GuardCap) -> (subject: String, since: Int64) {
        switch cap {
        case .perAddressHour, .internalPerAddressHour: (address, now - now % 3_600_000)
        case .perNetworkHour: (network, now - now % 3_600_000)
        case .perNumberDay, .costPerNumberDay: (target, day.from)
        case .perTrunkDay, .trunkBurst: (carrier?.text ?? "", day.from)
        case .linkBurst, .perLinkDay, .perLinkConcurrent, .costPerLinkDay: (link?.text ?? "", day.from)
        case .perDay, .minutesPerDay, .costPerDay, .concurrent, .internalConcurrent, .callSeconds, .refusalsPerMinute: ("", day.from)
        }
    }
}
