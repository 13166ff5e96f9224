import Domain
import LibPQ

/// What came of the wish to send something again.
public enum Redelivery: Sendable, Equatable {
    case queued
    /// There is no such endpoint, or it has no such event (any more).
    case missing
    /// The endpoint is disabled.
    case disabled
}

extension Store {
    /// Tries of one delivery that the log shows.
    static let attemptsShown = 20

    /// What was and is to be sent to an endpoint, newest first; `nil` if there is no such endpoint.
    ///
    /// - Parameter state: only those.
    public func deliveries(
        to webhook: WebhookID, state: WebhookDelivery.State? = nil, _ request: PageRequest
    ) async throws(StoreError) -> Page<WebhookDelivery>? {
        let (at, id, rows) = request.parameters
        return try await transaction { transaction throws(PostgresError) in
            guard try transaction.hasWebhook(webhook) else { return nil }
            var found = try transaction.rows(
                """
                SELECT delivery.position, delivery.event, event.type, event.subject, event.sequence, delivery.state, delivery.tries,
                       milliseconds(delivery.due_at) AS due_at, milliseconds(delivery.created_at) AS created_at,
                       milliseconds(delivery.finished_at) AS finished_at
                  FROM webhook_deliveries delivery JOIN webhook_events event ON event.id = delivery.event
                 WHERE delivery.endpoint = $1 AND ($2::text IS NULL OR delivery.state = $2)
                   AND ($4::text IS NULL OR (delivery.created_at, delivery.event) < (instant($3), $4))
                 ORDER BY delivery.created_at DESC, delivery.event DESC LIMIT $5
                """, .id(webhook), .optional(state?.rawValue), at, id, rows
            ) { row throws(PostgresError) in (position: try row.value("position", as: Int64.self), delivery: try row.delivery()) }
            for index in found.indices { found[index].delivery.attempts = try transaction.attempts(ofDelivery: found[index].position) }
            return request.page(of: found.map(\.delivery)) { PageCursor(at: $0.createdAt, id: $0.event.text) }
        }
    }

    /// Sends an event to an endpoint once more, from the first try on. It waits for no other event, and none waits for it.
    public func redeliver(_ event: EventID, to webhook: WebhookID, now: Int64) async throws(StoreError) -> Redelivery {
        try await transaction { transaction throws(PostgresError) in
            let isEnabled = try transaction.row("SELECT enabled FROM webhook_endpoints WHERE id = $1 FOR NO KEY UPDATE", .id(webhook)) {
                row throws(PostgresError) in try row.value("enabled", as: Bool.self)
            }
            guard let isEnabled else { return .missing }
            guard isEnabled else { return .disabled }
            // One that is on its way stays on its way; one that waits for its next try waits no longer.
            let rows = try transaction.execute(
                """
                UPDATE webhook_deliveries
                   SET state = 'pending', finished_at = NULL, due_at = instant($3), tries = CASE WHEN state = 'pending' THEN tries ELSE 0 END,
                       holds_until = CASE WHEN state = 'pending' THEN holds_until ELSE instant($3) END
                 WHERE endpoint = $1 AND event = $2
                """, .id(webhook), .id(event), .int(now))
            return rows == 1 ? .queued : .missing
        }
    }
}

extension PostgresTransaction {
    fileprivate func hasWebhook(_ id: WebhookID) throws(PostgresError) -> Bool {
        try row("SELECT true AS found FROM webhook_endpoints WHERE id = $1", .id(id)) { row throws(PostgresError) in
            try row.value("found")
        } ?? false
    }

    fileprivate func attempts(ofDelivery position: Int64) throws(PostgresError) -> [DeliveryAttempt] {
        try rows(
            """
            SELECT milliseconds(at) AS at, milliseconds, status, failure, answer FROM webhook_attempts
             WHERE delivery = $1 ORDER BY id DESC LIMIT $2
            """, .int(position), .int(Int64(Store.attemptsShown))
        ) { row throws(PostgresError) in
            var answer = DeliveryAnswer.status(try row.optional("status") ?? 0)
            if let failure = try row.optionalDomain("failure", DeliveryAnswer.Failure.init) { answer = .failed(failure) }
            return DeliveryAttempt(
                at: try row.value("at"), milliseconds: try row.value("milliseconds"), answer: answer, excerpt: try row.value("answer"))
        }
    }
}

extension PostgresRow {
    fileprivate func delivery() throws(PostgresError) -> WebhookDelivery {
        let subject: String = try value("subject")
        let state = try domain("state", WebhookDelivery.State.init)
        return WebhookDelivery(
            event: try domain("event", EventID.init), type: try value("type"), call: CallID(subject), sequence: try value("sequence"),
            state: state, tries: try value("tries"), dueAt: state == .pending ? try value("due_at", as: Int64.self) : nil,
            createdAt: try value("created_at"), finishedAt: try optional("finished_at"), attempts: [])
    }
}
