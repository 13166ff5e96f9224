import Domain
import LibPQ
import Logging

extension Store {
    /// For how long events and the log of their deliveries are kept, milliseconds: a week, well beyond the last try.
    public static let outboxRetention: Int64 = 7 * 24 * 3_600_000

    /// Takes what is due, for one try each, until `leaseUntil`: whoever claims in parallel gets others, and what a process that
    /// died had claimed is due again after its lease.
    ///
    /// Of one call, an endpoint gets one event at a time, in order; one that failed holds the later ones back for a bounded time.
    /// - Parameters:
    ///   - limit: of deliveries in all; `endpointLimit`: of deliveries under way to one endpoint, whoever has claimed them.
    public func claimDeliveries(
        limit: Int, endpointLimit: Int, leaseUntil: Int64, now: Int64
    ) async throws(StoreError) -> [ClaimedDelivery] {
        let claimed = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                WITH due AS MATERIALIZED (
                    SELECT next.position FROM webhook_endpoints endpoint CROSS JOIN LATERAL (
                        SELECT delivery.position FROM webhook_deliveries delivery
                         WHERE delivery.endpoint = endpoint.id AND delivery.state = 'pending' AND delivery.due_at <= instant($1)
                           AND (delivery.leased_until IS NULL OR delivery.leased_until <= instant($1))
                           AND NOT EXISTS (
                               SELECT FROM webhook_deliveries earlier
                                WHERE earlier.endpoint = delivery.endpoint AND earlier.subject = delivery.subject
                                  AND earlier.state = 'pending' AND earlier.position < delivery.position
                                  AND earlier.holds_until > instant($1))
                         ORDER BY delivery.due_at, delivery.position
                         LIMIT greatest(0, $3::bigint - (
                             SELECT count(*) FROM webhook_deliveries busy
                              WHERE busy.endpoint = endpoint.id AND busy.state = 'pending' AND busy.leased_until > instant($1)))
                           FOR UPDATE SKIP LOCKED) next
                     WHERE endpoint.enabled AND (endpoint.paused_until IS NULL OR endpoint.paused_until <= instant($1))
                     LIMIT $2::bigint)
                UPDATE webhook_deliveries delivery SET leased_until = instant($4), tries = delivery.tries + 1
                  FROM due, webhook_endpoints endpoint, webhook_events event
                 WHERE delivery.position = due.position AND endpoint.id = delivery.endpoint AND event.id = delivery.event
                RETURNING delivery.position, delivery.endpoint, delivery.event, delivery.tries, endpoint.url, endpoint.secret,
                          CASE WHEN endpoint.previous_until > instant($1) THEN endpoint.previous_secret END AS previous_secret,
                          milliseconds(endpoint.failing_since) AS failing_since, event.body
                """, .int(now), .int(Int64(limit)), .int(Int64(endpointLimit)), .int(leaseUntil)
            ) { row throws(PostgresError) in
                let body: String = try row.value("body")
                return (
                    delivery: ClaimedDelivery(
                        position: try row.value("position"), endpoint: try row.domain("endpoint", WebhookID.init),
                        event: try row.domain("event", EventID.init), url: try row.value("url"), body: Array(body.utf8), secrets: [],
                        tries: try row.value("tries"), failingSince: try row.optional("failing_since")),
                    sealed: [try row.optional("secret", as: [UInt8].self), try row.optional("previous_secret", as: [UInt8].self)]
                )
            }
        }
        return claimed.map { delivery, sealed in
            var delivery = delivery
            delivery.secrets = sealed.compactMap { $0.flatMap { secret(of: delivery.endpoint, sealed: $0) } }
            return delivery
        }
    }

    /// Writes down how a claimed try went. `false`: the claim had run out and somebody else has it, nothing was written.
    public func finish(
        _ delivery: ClaimedDelivery, _ attempt: DeliveryAttempt, _ verdict: DeliverySchedule.Verdict, now: Int64
    ) async throws(StoreError) -> Bool {
        try await transaction { transaction throws(PostgresError) in
            // The endpoint before the delivery, as deleting the endpoint takes them.
            try transaction.note(verdict, of: delivery.endpoint, now: now)
            var (state, due): (WebhookDelivery.State, Int64?) = (.delivered, nil)
            switch verdict.delivery {
            case .delivered: break
            case .retry(let at): (state, due) = (.pending, at)
            case .givenUp: state = .failed
            }
            let rows = try transaction.execute(
                """
                UPDATE webhook_deliveries
                   SET state = $3, due_at = coalesce(instant($4), due_at), leased_until = NULL,
                       holds_until = least(holds_until, instant($5)), finished_at = CASE WHEN $4::bigint IS NULL THEN instant($6) END
                 WHERE position = $1 AND tries = $2 AND state = 'pending'
                """, .int(delivery.position), .int(Int64(delivery.tries)), .text(state.rawValue), .optional(due),
                .int(now + DeliverySchedule.holdBack), .int(now))
            guard rows == 1 else { return false }
            try transaction.log(attempt, of: delivery.position)
            return true
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

    private func secret(of endpoint: WebhookID, sealed: [UInt8]) -> WebhookSecret? {
        do throws(StoreError) {
            return WebhookSecret(bytes: try open(sealed, from: Self.place(of: endpoint)))
        } catch {
            logger.error("webhook secret cannot be opened", metadata: ["webhook": "\(endpoint)", "message": "\(error.message)"])
            return nil
        }
    }
}

extension PostgresTransaction {
    /// What a try says about its endpoint. A success of a healthy one writes nothing.
    fileprivate func note(_ verdict: DeliverySchedule.Verdict, of endpoint: WebhookID, now: Int64) throws(PostgresError) {
        guard verdict.failingSince != nil else {
            _ = try execute(
                """
                UPDATE webhook_endpoints SET failing_since = NULL, paused_until = NULL
                 WHERE id = $1 AND (failing_since IS NOT NULL OR paused_until IS NOT NULL)
                """, .id(endpoint))
            return
        }
        _ = try execute(
            """
            UPDATE webhook_endpoints
               SET failing_since = coalesce(failing_since, instant($2)),
                   paused_until = greatest(paused_until, instant($3))
             WHERE id = $1
            """, .id(endpoint), .int(now), .optional(verdict.pauseUntil))
        if let reason = verdict.disable {
            // What has succeeded meanwhile speaks for it.
            _ = try execute(
                """
                UPDATE webhook_endpoints SET enabled = false, disabled_reason = $2, version = version + 1, updated_at = instant($4)
                 WHERE id = $1 AND enabled AND ($2 = 'gone' OR failing_since <= instant($3))
                """, .id(endpoint), .text(reason.rawValue), .int(now - DeliverySchedule.patience), .int(now))
        }
    }

    fileprivate func log(_ attempt: DeliveryAttempt, of delivery: Int64) throws(PostgresError) {
        var (status, failure): (Int?, DeliveryAnswer.Failure?) = (nil, nil)
        switch attempt.answer {
        case .status(let number, _): status = number
        case .failed(let reason): failure = reason
        }
        _ = try execute(
            """
            INSERT INTO webhook_attempts (delivery, at, milliseconds, status, failure, answer) VALUES ($1, instant($2), $3, $4, $5, $6)
            """, .int(delivery), .int(attempt.at), .int(min(max(0, attempt.milliseconds), 86_400_000)), .optional(status),
            .optional(failure?.rawValue), .prose(attempt.excerpt))
    }
}
