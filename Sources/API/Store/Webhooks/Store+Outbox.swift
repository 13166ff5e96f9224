import Domain
import LibPQ
import Logging

extension Store {
    /// For how long events and the log of their deliveries are kept, milliseconds: a week, well beyond the last try.
    public static let outboxRetention: Int64 = 7 * 24 * 3_600_000

    /// Events of one subject are numbered on for so long, milliseconds: thirty days after the last.
    public static let subjectRetention: Int64 = 30 * 24 * 3_600_000

    /// Takes what is due, for one try each, until `leaseUntil`: whoever claims in parallel gets others, and what a process that
    /// died had claimed is due again after its lease.
    ///
    /// Of one subject, an endpoint gets one event at a time, in order; one that failed holds the later ones back for a bounded time.
    /// - Parameters:
    ///   - limit: of deliveries in all.
    ///   - endpointLimit: of deliveries under way to one endpoint, whoever has claimed them.
    ///   - failingLimit: the same for one that has failed since its last success: a receiver that hangs is not to take every place.
    public func claimDeliveries(
        limit: Int, endpointLimit: Int, failingLimit: Int? = nil, leaseUntil: Int64, now: Int64
    ) async throws(StoreError) -> [ClaimedDelivery] {
        let (claimed, sealed) = try await transaction { transaction throws(PostgresError) in
            transaction.planOnceByIndexes()
            // What is earlier is looked up one by one, and in an order that only its own index has: as a join, or by the index of what is due,
            // each claim would read everything that waits.
            let claimed = try transaction.rows(
                """
                WITH due AS MATERIALIZED (
                    SELECT next.position FROM webhook_endpoints endpoint CROSS JOIN LATERAL (
                        SELECT delivery.position FROM webhook_deliveries delivery
                         WHERE delivery.endpoint = endpoint.id AND delivery.finished_at IS NULL AND delivery.due_at <= instant($1)
                           AND (delivery.leased_until IS NULL OR delivery.leased_until <= instant($1))
                           AND (SELECT earlier.position FROM webhook_deliveries earlier
                                 WHERE earlier.endpoint = delivery.endpoint AND earlier.subject = delivery.subject
                                   AND earlier.state = 'pending' AND earlier.position < delivery.position
                                   AND earlier.holds_until > instant($1)
                                 ORDER BY earlier.subject, earlier.position LIMIT 1) IS NULL
                         ORDER BY delivery.due_at, delivery.position
                         LIMIT greatest(0, CASE WHEN endpoint.failing_since IS NULL THEN $3::bigint ELSE $5::bigint END - (
                             SELECT count(*) FROM webhook_deliveries busy
                              WHERE busy.endpoint = endpoint.id AND busy.state = 'pending' AND busy.leased_until IS NOT NULL
                                AND busy.leased_until > instant($1)))
                           FOR UPDATE SKIP LOCKED) next
                     WHERE endpoint.enabled AND (endpoint.paused_until IS NULL OR endpoint.paused_until <= instant($1))
                     LIMIT $2::bigint)
                UPDATE webhook_deliveries delivery SET leased_until = instant($4), tries = delivery.tries + 1
                  FROM webhook_endpoints endpoint, webhook_events event
                 WHERE delivery.position = ANY(ARRAY(SELECT position FROM due)) AND endpoint.id = delivery.endpoint AND event.id = delivery.event
                RETURNING delivery.position, delivery.endpoint, delivery.event, delivery.tries, endpoint.url,
                          milliseconds(endpoint.failing_since) AS failing_since, event.body
                """, .int(now), .int(Int64(limit)), .int(Int64(endpointLimit)), .int(leaseUntil), .int(Int64(failingLimit ?? endpointLimit))
            ) { row throws(PostgresError) in
                let body: String = try row.value("body")
                return ClaimedDelivery(
                    position: try row.value("position"), endpoint: try row.domain("endpoint", WebhookID.init),
                    event: try row.domain("event", EventID.init), url: try row.value("url"), body: Array(body.utf8), secrets: [],
                    tries: try row.value("tries"), failingSince: try row.optional("failing_since"))
            }
            // Once for each endpoint, however many of its deliveries there are.
            return (claimed, claimed.isEmpty ? [] : try transaction.sealedSigners(of: Set(claimed.map(\.endpoint)), now: now))
        }
        var signers: [WebhookID: (secrets: [WebhookSecret], keys: [WebhookSigningKey])] = [:]
        for endpoint in sealed { signers[endpoint.id] = opened(endpoint) }
        return claimed.map { delivery in
            var delivery = delivery
            if let known = signers[delivery.endpoint] { (delivery.secrets, delivery.keys) = known }
            return delivery
        }
    }

    /// Writes down how one claimed try went. `false`: the claim had run out and somebody else has it, nothing was written.
    public func finish(
        _ delivery: ClaimedDelivery, _ attempt: DeliveryAttempt, _ verdict: DeliverySchedule.Verdict, now: Int64
    ) async throws(StoreError) -> Bool {
        try await finish([FinishedDelivery(delivery, attempt, verdict)], now: now) == [delivery.position]
    }

    /// Writes down how claimed tries went, all in one transaction; returns the positions that were written.
    /// One that is not among them had run out of its lease, and somebody else has it.
    public func finish(_ finished: [FinishedDelivery], now: Int64) async throws(StoreError) -> Set<Int64> {
        let results = finished.map { DeliveryResult($0, now: now) }
        let changes = EndpointChange.of(finished, now: now)
        return try await transaction { transaction throws(PostgresError) in
            transaction.planOnceByIndexes()
            // The endpoints before the deliveries, as deleting an endpoint takes them, and everybody in the same order.
            for change in changes { try transaction.note(change, now: now) }
            let written = try transaction.rows(
                """
                WITH result AS (
                    SELECT * FROM json_to_recordset($1::json) AS given(
                        position bigint, tries integer, state text, due bigint, holds bigint, at bigint, milliseconds integer, status integer,
                        failure text, answer text)),
                locked AS MATERIALIZED (
                    SELECT delivery.position FROM webhook_deliveries delivery JOIN result
                        ON delivery.position = result.position AND delivery.tries = result.tries
                     WHERE delivery.state = 'pending' AND delivery.leased_until IS NOT NULL ORDER BY delivery.position FOR UPDATE OF delivery),
                written AS (
                    UPDATE webhook_deliveries delivery
                       SET state = result.state, due_at = coalesce(instant(result.due), delivery.due_at), leased_until = NULL,
                           holds_until = least(delivery.holds_until, instant(result.holds)),
                           finished_at = CASE WHEN result.due IS NULL THEN instant($2) END
                      FROM result JOIN locked USING (position)
                     WHERE delivery.position = result.position
                    RETURNING delivery.position)
                INSERT INTO webhook_attempts (delivery, at, milliseconds, status, failure, answer)
                SELECT position, instant(at), milliseconds, status, failure, answer FROM result JOIN written USING (position)
                RETURNING delivery
                """, .text(try JSONText.encode(results)), .int(now)
            ) { row throws(PostgresError) in try row.value("delivery", as: Int64.self) }
            return Set(written)
        }
    }

    /// Gives a claimed try back unmade: it is due at once, for anybody.
    public func release(_ delivery: ClaimedDelivery) async throws(StoreError) {
        try await transaction { transaction throws(PostgresError) in
            _ = try transaction.execute(
                """
                UPDATE webhook_deliveries SET leased_until = NULL, tries = tries - 1 WHERE position = $1 AND tries = $2 AND state = 'pending'
                """, .int(delivery.position), .int(Int64(delivery.tries)))
        }
    }

    /// Forgets events that are older than the retention, at most `limit` at once; returns how many.
    public func forgetOldEvents(limit: Int = 1_000, now: Int64) async throws(StoreError) -> Int {
        try await transaction { transaction throws(PostgresError) in
            try transaction.execute(
                """
                DELETE FROM webhook_events WHERE id IN (
                    SELECT id FROM webhook_events WHERE created_at < instant($1) ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
                """, .int(now - Self.outboxRetention), .int(Int64(limit)))
        }
    }

    /// Forgets how far the events of subjects were numbered of which nothing was told for long, at most `limit` at once; returns how many.
    public func forgetSilentSubjects(limit: Int = 1_000, now: Int64) async throws(StoreError) -> Int {
        try await transaction { transaction throws(PostgresError) in
            try transaction.execute(
                """
                DELETE FROM webhook_subjects WHERE subject IN (
                    SELECT subject FROM webhook_subjects WHERE told_at < instant($1) ORDER BY told_at LIMIT $2 FOR UPDATE SKIP LOCKED)
                """, .int(now - Self.subjectRetention), .int(Int64(limit)))
        }
    }

    // MARK: What signs

    private func opened(_ sealed: SealedSigners) -> (secrets: [WebhookSecret], keys: [WebhookSigningKey]) {
        do throws(StoreError) {
            var (secrets, keys): ([WebhookSecret], [WebhookSigningKey]) = ([], [])
            for secret in sealed.secrets {
                if let secret = WebhookSecret(bytes: try open(secret, from: Self.place(of: sealed.id))) { secrets.append(secret) }
            }
            for key in sealed.keys {
                if let key = WebhookSigningKey(bytes: try open(key, from: Self.keyPlace(of: sealed.id))) { keys.append(key) }
            }
            return (secrets, keys)
        } catch {
            logger.error("webhook secret cannot be opened", metadata: ["webhook": "\(sealed.id)", "message": "\(error.message)"])
            return ([], [])
        }
    }
}

/// What signs an endpoint's messages now, as it is stored: the present ones first.
private struct SealedSigners: Sendable {
    var id: WebhookID
    var secrets: [[UInt8]]
    var keys: [[UInt8]]
}

/// One result as the statement takes it.
private struct DeliveryResult: Encodable {
    var position: Int64
    var tries: Int
    var state: String
    var due: Int64?
    /// Until when its subject's later events wait for it.
    var holds: Int64
    var at: Int64
    var milliseconds: Int64
    var status: Int?
    var failure: String?
    var answer: String

    init(_ finished: FinishedDelivery, now: Int64) {
        position = finished.delivery.position
        tries = finished.delivery.tries
        switch finished.verdict.delivery {
        case .delivered: state = WebhookDelivery.State.delivered.rawValue
        case .retry(let at): (state, due) = (WebhookDelivery.State.pending.rawValue, at)
        case .givenUp: state = WebhookDelivery.State.failed.rawValue
        }
        holds = now + DeliverySchedule.holdBack
        at = finished.attempt.at
        milliseconds = min(max(0, finished.attempt.milliseconds), 86_400_000)
        switch finished.attempt.answer {
        case .status(let number, _): status = number
        case .failed(let reason): failure = reason.rawValue
        }
        // PostgreSQL's JSON has no NUL either.
        answer = finished.attempt.excerpt.withoutNUL
    }
}

/// What tries of one endpoint, in their order, say about it.
private struct EndpointChange {
    var endpoint: WebhookID
    /// Something succeeded: what was before is forgotten.
    var isCleared = false
    /// Something failed after that.
    var isFailing = false
    var pauseUntil: Int64?
    var disable: DeliverySchedule.DisableReason?

    static func of(_ finished: [FinishedDelivery], now: Int64) -> [EndpointChange] {
        var changes: [WebhookID: EndpointChange] = [:]
        for one in finished {
            var change = changes[one.delivery.endpoint] ?? EndpointChange(endpoint: one.delivery.endpoint)
            if one.verdict.failingSince == nil {
                change = EndpointChange(endpoint: change.endpoint, isCleared: true, disable: change.disable == .gone ? .gone : nil)
            } else {
                change.isFailing = true
                if let pause = one.verdict.pauseUntil { change.pauseUntil = max(change.pauseUntil ?? pause, pause) }
                // 410 speaks for itself, whatever else there was.
                if let reason = one.verdict.disable, change.disable != .gone { change.disable = reason }
            }
            changes[one.delivery.endpoint] = change
        }
        return changes.values.sorted { $0.endpoint.text < $1.endpoint.text }
    }
}

extension PostgresTransaction {
    fileprivate func sealedSigners(of endpoints: Set<WebhookID>, now: Int64) throws(PostgresError) -> [SealedSigners] {
        try rows(
            """
            SELECT id, signature, secret, signing_key, CASE WHEN previous_until > instant($2) THEN previous_secret END AS previous_secret,
                   CASE WHEN previous_until > instant($2) THEN previous_signing_key END AS previous_signing_key
              FROM webhook_endpoints WHERE id = ANY($1)
            """, .texts(endpoints.map(\.text).sorted()), .int(now)
        ) { row throws(PostgresError) in
            let kind = try row.domain("signature", WebhookSignatureKind.init)
            let secrets = [try row.optional("secret", as: [UInt8].self), try row.optional("previous_secret", as: [UInt8].self)]
            let keys = [try row.optional("signing_key", as: [UInt8].self), try row.optional("previous_signing_key", as: [UInt8].self)]
            return SealedSigners(
                id: try row.domain("id", WebhookID.init), secrets: kind.hasHMAC ? secrets.compactMap { $0 } : [],
                keys: kind.hasEd25519 ? keys.compactMap { $0 } : [])
        }
    }

    /// A success of a healthy endpoint writes nothing.
    fileprivate func note(_ change: EndpointChange, now: Int64) throws(PostgresError) {
        if change.isCleared {
            _ = try execute(
                """
                UPDATE webhook_endpoints SET failing_since = NULL, paused_until = NULL
                 WHERE id = $1 AND (failing_since IS NOT NULL OR paused_until IS NOT NULL)
                """, .id(change.endpoint))
        }
        if change.isFailing {
            _ = try execute(
                """
                UPDATE webhook_endpoints
                   SET failing_since = coalesce(failing_since, instant($2)), paused_until = greatest(paused_until, instant($3))
                 WHERE id = $1 AND (failing_since IS NULL OR instant($3) > coalesce(paused_until, '-infinity'))
                """, .id(change.endpoint), .int(now), .optional(change.pauseUntil))
        }
        if let reason = change.disable { try disable(change.endpoint, reason, now: now) }
    }

    /// Disables an endpoint, and tells the others. What has succeeded meanwhile speaks for it.
    private func disable(_ endpoint: WebhookID, _ reason: DeliverySchedule.DisableReason, now: Int64) throws(PostgresError) {
        let notice = try row(
            """
            UPDATE webhook_endpoints
               SET enabled = false, disabled_reason = $2, disabled_at = instant($4), version = version + 1, updated_at = instant($4)
             WHERE id = $1 AND enabled AND ($2 = 'gone' OR failing_since <= instant($3))
            RETURNING description, milliseconds(failing_since) AS failing_since
            """, .id(endpoint), .text(reason.rawValue), .int(now - DeliverySchedule.patience), .int(now)
        ) { row throws(PostgresError) in
            WebhookDisabledData(
                endpoint, description: try row.value("description"), reason: reason, at: now, failingSince: try row.optional("failing_since"))
        }
        if let notice { try tell(.webhookDisabled, about: .webhook(endpoint), at: now, now: now, data: notice) }
    }
}
