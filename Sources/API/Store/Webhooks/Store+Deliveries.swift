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

/// Which deliveries a list shows; `nil` everywhere for all.
public struct DeliveryFilter: Sendable, Equatable {
    public var state: WebhookDelivery.State?
    public var type: WebhookEventFilter?
    public var call: CallID?
    /// When the event was written, from the first up to and without the second, milliseconds since 1970 UTC.
    public var from: Int64?
    public var to: Int64?

    public init(
        state: WebhookDelivery.State? = nil, type: WebhookEventFilter? = nil, call: CallID? = nil, from: Int64? = nil, to: Int64? = nil
    ) {
        self.state = state
        self.type = type
        self.call = call
        self.from = from
        self.to = to
    }
}

/// Which events of the past are sent once more.
public struct RedeliveryRange: Sendable, Equatable {
    /// When they were written, from the first up to and without the second, milliseconds since 1970 UTC.
    public var from: Int64
    public var to: Int64
    /// `nil` for all.
    public var events: [WebhookEventFilter]?
    /// Only what was given up.
    public var onlyFailed: Bool

    public init(from: Int64, to: Int64, events: [WebhookEventFilter]? = nil, onlyFailed: Bool = false) {
        self.from = from
        self.to = to
        self.events = events
        self.onlyFailed = onlyFailed
    }
}

/// How much of a range is on its way again.
public struct QueuedRange: Sendable, Equatable {
    public var count: Int
    /// When the first of those was written that were too many for one request.
    public var next: Int64?

    public init(count: Int, next: Int64? = nil) {
        self.count = count
        self.next = next
    }
}

extension Store {
    /// Tries of one delivery that the log shows.
    static let attemptsShown = 20

    /// What was and is to be sent to an endpoint, newest first; `nil` if there is no such endpoint.
    ///
    /// - Parameter filter: only those.
    public func deliveries(
        to webhook: WebhookID, matching filter: DeliveryFilter = DeliveryFilter(), _ request: PageRequest
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
                   AND ($6::text IS NULL OR event.type = $6 OR split_part(event.type, '.', 1) || '.*' = $6)
                   AND ($7::text IS NULL OR delivery.subject = $7)
                   AND ($8::bigint IS NULL OR delivery.created_at >= instant($8))
                   AND ($9::bigint IS NULL OR delivery.created_at < instant($9))
                 ORDER BY delivery.created_at DESC, delivery.event DESC LIMIT $5
                """, .id(webhook), .optional(filter.state?.rawValue), at, id, rows, .optional(filter.type?.text),
                .optional(filter.call?.text), .optional(filter.from), .optional(filter.to)
            ) { row throws(PostgresError) in (position: try row.value("position", as: Int64.self), delivery: try row.delivery()) }
            for index in found.indices { found[index].delivery.attempts = try transaction.attempts(ofDelivery: found[index].position) }
            return request.page(of: found.map(\.delivery)) { PageCursor(at: $0.createdAt, id: $0.event.text) }
        }
    }

    /// One event at one endpoint; `nil` if there is no such endpoint or event.
    public func delivery(of event: EventID, to webhook: WebhookID) async throws(StoreError) -> WebhookDelivery? {
        try await transaction { transaction throws(PostgresError) in
            let found = try transaction.row(
                """
                SELECT delivery.position, delivery.event, event.type, event.subject, event.sequence, delivery.state, delivery.tries,
                       milliseconds(delivery.due_at) AS due_at, milliseconds(delivery.created_at) AS created_at,
                       milliseconds(delivery.finished_at) AS finished_at
                  FROM webhook_deliveries delivery JOIN webhook_events event ON event.id = delivery.event
                 WHERE delivery.endpoint = $1 AND delivery.event = $2
                """, .id(webhook), .id(event)
            ) { row throws(PostgresError) in (position: try row.value("position", as: Int64.self), delivery: try row.delivery()) }
            guard var found else { return nil }
            found.delivery.attempts = try transaction.attempts(ofDelivery: found.position)
            return found.delivery
        }
    }

    /// Sends the events of a time to an endpoint once more, from their first try on, in the order of their subjects, and no more than
    /// `redeliveryLimit` at once, the oldest first. What is still on its way is left alone.
    ///
    /// - Returns: `outdated` if the endpoint is disabled.
    public func redeliver(
        _ range: RedeliveryRange, to webhook: WebhookID, limit: Int = redeliveryLimit, now: Int64
    ) async throws(StoreError) -> RowChange<QueuedRange> {
        try await transaction { transaction throws(PostgresError) in
            let isEnabled = try transaction.row("SELECT enabled FROM webhook_endpoints WHERE id = $1 FOR NO KEY UPDATE", .id(webhook)) {
                row throws(PostgresError) in try row.value("enabled", as: Bool.self)
            }
            guard let isEnabled else { return .missing }
            guard isEnabled else { return .outdated }
            let queued = try transaction.execute(
                """
                UPDATE webhook_deliveries delivery
                   SET state = 'pending', finished_at = NULL, due_at = instant($2), tries = 0, leased_until = NULL, holds_until = 'infinity'
                  FROM (SELECT position FROM webhook_deliveries past JOIN webhook_events event ON event.id = past.event
                         WHERE past.endpoint = $1 AND past.created_at >= instant($3) AND past.created_at < instant($4)
                           AND past.state <> 'pending' AND (NOT $5 OR past.state = 'failed')
                           AND ($6::text[] IS NULL OR event.type = ANY($6) OR split_part(event.type, '.', 1) || '.*' = ANY($6))
                         ORDER BY past.created_at, past.position LIMIT $7 FOR UPDATE OF past) chosen
                 WHERE delivery.position = chosen.position
                """, .id(webhook), .int(now), .int(range.from), .int(range.to), .bool(range.onlyFailed),
                range.events.map { .texts($0.map(\.text)) } ?? .null, .int(Int64(limit)))
            guard queued == limit else { return .changed(QueuedRange(count: queued)) }
            let next = try transaction.row(
                """
                SELECT milliseconds(min(past.created_at)) AS next FROM webhook_deliveries past JOIN webhook_events event ON event.id = past.event
                 WHERE past.endpoint = $1 AND past.created_at >= instant($2) AND past.created_at < instant($3)
                   AND past.state <> 'pending' AND (NOT $4 OR past.state = 'failed')
                   AND ($5::text[] IS NULL OR event.type = ANY($5) OR split_part(event.type, '.', 1) || '.*' = ANY($5))
                """, .id(webhook), .int(range.from), .int(range.to), .bool(range.onlyFailed), range.events.map { .texts($0.map(\.text)) } ?? .null
            ) { row throws(PostgresError) in try row.optional("next", as: Int64.self) }
            return .changed(QueuedRange(count: queued, next: next ?? nil))
        }
    }

    /// Events that one request can send again.
    public static let redeliveryLimit = 10_000

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
            event: try domain("event", EventID.init), type: try value("type"), subject: subject, call: CallID(subject),
            sequence: try value("sequence"),
            state: state, tries: try value("tries"), dueAt: state == .pending ? try value("due_at", as: Int64.self) : nil,
            createdAt: try value("created_at"), finishedAt: try optional("finished_at"), attempts: [])
    }
}
