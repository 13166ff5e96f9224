import Domain
import LibPQ

// The transactional outbox: what happens and the news of it are one commit, so that neither is without the other.
extension PostgresTransaction {
    /// Tells every endpoint that wants it what has happened to a subject, in the transaction in which it happened.
    ///
    /// The subject stays locked until the end of the transaction, so that its events stand in the outbox in the order of their numbers,
    /// which have no gaps, whether anybody wanted to know or not. (A call is told by `publish`.)
    /// - Parameters:
    ///   - at: when it happened; `now`: when it is written. Both in milliseconds since 1970 UTC.
    func tell(
        _ type: WebhookEventType, about subject: WebhookSubject, at: Int64, now: Int64, data: some Encodable & Sendable
    ) throws(PostgresError) {
        let sequence = try row(
            """
            INSERT INTO webhook_subjects AS subject (subject, sequence, told_at) VALUES ($1, 1, instant($2))
            ON CONFLICT (subject) DO UPDATE SET sequence = subject.sequence + 1, told_at = greatest(subject.told_at, excluded.told_at)
            RETURNING sequence
            """, .text(subject.text), .int(now)
        ) { row throws(PostgresError) in try row.value("sequence", as: Int.self) }
        guard let sequence else { return }
        let endpoints = try endpoints(wanting: type)
        guard !endpoints.isEmpty else { return }
        let id = EventID(of: subject, sequence: sequence, at: now)
        try enqueue(WebhookMessage(id: id, type: type, at: at, sequence: sequence, data: data), about: subject, for: endpoints, now: now)
    }

    /// Writes the event of the state that a locked call has come into, for every endpoint that wants it.
    ///
    /// Called by the two statements that write a call's state (`insert` and `write`), and by nothing else: no way of a call can
    /// forget it. The row knows which state was told last, so that a state is told once.
    /// - Parameters:
    ///   - at: when it happened; `now`: when it is written. Both in milliseconds since 1970 UTC.
    func publish(_ call: CallSnapshot, at: Int64, now: Int64) throws(PostgresError) {
        guard let (sequence, told) = try nextEvent(of: call.id) else { return }
        let type = WebhookEventType(reaching: call.state, outcome: call.outcome)
        let endpoints = try endpoints(wanting: type)
        guard !endpoints.isEmpty else { return }
        var record = told
        if call.state == .ended { record.attempts = try attempts(of: call.id) }
        let message = WebhookMessage(
            id: EventID(of: call.id, sequence: sequence), type: type, at: at, sequence: sequence, data: CallEventData(call, record))
        try enqueue(message, about: .call(call.id), for: endpoints, now: now)
    }

    /// Tells how well the phone of a call was heard, right after its end: in the same transaction, under the next number.
    ///
    /// - Parameters: as of `publish`, which has told the end before.
    func publish(_ quality: CallQuality, of call: CallSnapshot, at: Int64, now: Int64) throws(PostgresError) {
        let next = try row(
            """
            UPDATE calls SET event_sequence = event_sequence + 1 WHERE id = $1
            RETURNING event_sequence, milliseconds(dialling_at) AS dialling_at, milliseconds(ringing_at) AS ringing_at, ended_by,
                      sip_status, q850_cause
            """, .id(call.id)
        ) { row throws(PostgresError) in try Self.told(row) }
        guard let (sequence, told) = next else { return }
        let endpoints = try endpoints(wanting: .callQuality)
        guard !endpoints.isEmpty else { return }
        let message = WebhookMessage(
            id: EventID(of: call.id, sequence: sequence), type: .callQuality, at: at, sequence: sequence,
            data: CallQualityEventData(call, told, quality))
        try enqueue(message, about: .call(call.id), for: endpoints, now: now)
    }

    /// Puts a message into the outbox of each endpoint. One that is too long is sent without its content.
    func enqueue(
        _ message: WebhookMessage<some Encodable & Sendable>, about subject: WebhookSubject, for endpoints: [WebhookID], now: Int64
    ) throws(PostgresError) {
        var body = try JSONText.encode(message)
        if body.utf8.count > WebhookMessageLimits.body { body = try JSONText.encode(message.withoutContent) }
        _ = try execute(
            "INSERT INTO webhook_events (id, type, subject, sequence, body, created_at) VALUES ($1, $2, $3, $4, $5, instant($6))",
            .id(message.id), .text(message.type.rawValue), .text(subject.text), .int(Int64(message.sequence)), .prose(body), .int(now))
        _ = try execute(
            """
            INSERT INTO webhook_deliveries (endpoint, event, subject, due_at, created_at)
            SELECT endpoint, $2, $3, instant($4), instant($4) FROM unnest($1::text[]) AS endpoint
            """, .texts(endpoints.map(\.text)), .id(message.id), .text(subject.text), .int(now))
    }

    /// The number of the event that is due, and what the row knows; `nil` if the call's state has been told.
    private func nextEvent(of call: CallID) throws(PostgresError) -> (sequence: Int, record: CallEventData.Record)? {
        try row(
            """
            UPDATE calls SET event_sequence = event_sequence + 1, published_state = state
             WHERE id = $1 AND published_state IS DISTINCT FROM state
            RETURNING event_sequence, milliseconds(dialling_at) AS dialling_at, milliseconds(ringing_at) AS ringing_at, ended_by,
                      sip_status, q850_cause
            """, .id(call)
        ) { row throws(PostgresError) in try Self.told(row) }
    }

    private static func told(_ row: borrowing PostgresRow) throws(PostgresError) -> (sequence: Int, record: CallEventData.Record) {
        (
            sequence: try row.value("event_sequence"),
            record: CallEventData.Record(
                diallingAt: try row.optional("dialling_at"), ringingAt: try row.optional("ringing_at"),
                endedBy: try row.optionalDomain("ended_by", CallParty.init), sipStatus: try row.optional("sip_status"),
                q850Cause: try row.optional("q850_cause"), attempts: nil)
        )
    }

    /// Held against deletion until the end of the transaction, so that an endpoint that goes away cannot make a call fail.
    private func endpoints(wanting type: WebhookEventType) throws(PostgresError) -> [WebhookID] {
        try rows(
            """
            SELECT id FROM webhook_endpoints WHERE enabled AND (events IS NULL OR $1 = ANY(events) OR $2 = ANY(events))
             ORDER BY id FOR KEY SHARE
            """, .text(type.rawValue), .text(WebhookEventFilter.family(type.family).text)
        ) { row throws(PostgresError) in try row.domain("id", WebhookID.init) }
    }

    private func attempts(of call: CallID) throws(PostgresError) -> [CallAttempt] {
        try rows(
            """
            SELECT milliseconds(at) AS at, detail FROM call_events WHERE call = $1 AND kind = 'attempted' AND NOT late ORDER BY id LIMIT 16
            """, .id(call)
        ) { row throws(PostgresError) in
            let detail = try JSONText.decode(CallEventDetail.self, try row.value("detail"))
            let at: Int64 = try row.value("at")
            return CallAttempt(
                trunk: detail.trunk, startedAt: detail.startedAt ?? at, endedAt: at, sipStatus: detail.sipStatus, q850Cause: detail.q850Cause,
                detail: detail.text ?? "")
        }
    }
}
