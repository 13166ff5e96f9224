import Domain
import LibPQ

extension Store {
    /// Endpoints that an installation may have: each event is written once for each of them.
    public static let webhookLimit = 50
    /// For how long the secret before the present one goes on signing, milliseconds.
    public static let secretOverlap: Int64 = 24 * 3_600_000

    /// Makes an endpoint. The secret is in the answer, sealed in the database, and nowhere else. `nil` if there are as many as may be.
    public func createWebhook(
        _ settings: Webhook.Settings, now: Int64, generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> (secret: WebhookSecret, webhook: Webhook)? {
        let id = WebhookID(random: &generator)
        let secret = WebhookSecret(random: &generator)
        let sealed = try seal(secret.bytes, for: Self.place(of: id), using: &generator)
        let key = try freshKey(for: id, using: &generator)
        return try await transaction { transaction throws(PostgresError) in
            // Counted one after the other.
            _ = try transaction.execute("LOCK TABLE webhook_endpoints IN SHARE ROW EXCLUSIVE MODE")
            let count = try transaction.row("SELECT count(*) AS count FROM webhook_endpoints") { row throws(PostgresError) in
                try row.value("count", as: Int.self)
            }
            guard (count ?? 0) < Self.webhookLimit else { return nil }
            _ = try transaction.execute(
                """
                INSERT INTO webhook_endpoints (id, url, description, events, enabled, disabled_reason, disabled_at, secret, signature,
                                               signing_key, public_key, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN NOT $5 THEN instant($8) END, $7, $9, $10, $11, instant($8), instant($8))
                """,
                .id(id), .text(settings.url), .prose(settings.description), .events(settings.events), .bool(settings.isEnabled),
                .optional(settings.isEnabled ? nil : Webhook.DisabledReason.operator.rawValue), .bytes(sealed), .int(now),
                .text(settings.signature.rawValue), .bytes(key.sealed), .text(key.text))
            return try transaction.webhook(id).map { (secret, $0) }
        }
    }

    public func webhook(_ id: WebhookID) async throws(StoreError) -> Webhook? {
        try await transaction { transaction throws(PostgresError) in try transaction.webhook(id) }
    }

    /// All endpoints, newest first.
    public func webhooks(_ request: PageRequest) async throws(StoreError) -> Page<Webhook> {
        let (at, id, rows) = request.parameters
        return try await transaction { transaction throws(PostgresError) in
            let found = try transaction.rows(
                """
                SELECT id, version, url, description, events, signature, public_key, previous_public_key, enabled, disabled_reason,
                       milliseconds(disabled_at) AS disabled_at, milliseconds(failing_since) AS failing_since,
                       milliseconds(paused_until) AS paused_until, milliseconds(previous_until) AS previous_until,
                       milliseconds(created_at) AS created_at, milliseconds(updated_at) AS updated_at
                  FROM webhook_endpoints
                 WHERE $2::text IS NULL OR (created_at, id) < (instant($1), $2)
                 ORDER BY created_at DESC, id DESC LIMIT $3
                """, at, id, rows
            ) { row throws(PostgresError) in try row.webhook() }
            return request.page(of: found) { PageCursor(at: $0.createdAt, id: $0.id.text) }
        }
    }

    /// Changes an endpoint as `change` says. Enabling one forgets its failures; what waits for it is then sent.
    public func changeWebhook(
        _ id: WebhookID, if condition: VersionCondition, now: Int64, _ change: @Sendable (inout Webhook.Settings) -> Void
    ) async throws(StoreError) -> RowChange<Webhook> {
        // Only taken by an endpoint that has none yet.
        var generator = SystemRandomNumberGenerator()
        let key = try freshKey(for: id, using: &generator)
        return try await transaction { transaction throws(PostgresError) in
            guard let webhook = try transaction.lockedWebhook(id) else { return .missing }
            guard condition.holds(for: webhook.version) else { return .outdated }
            var settings = webhook.settings
            change(&settings)
            let isFresh = settings.isEnabled && (!webhook.settings.isEnabled || settings.url != webhook.settings.url)
            _ = try transaction.execute(
                """
                UPDATE webhook_endpoints
                   SET version = version + 1, url = $2, description = $3, events = $4, enabled = $5,
                       disabled_reason = CASE WHEN NOT $5 THEN coalesce(disabled_reason, 'operator') END,
                       disabled_at = CASE WHEN NOT $5 THEN coalesce(disabled_at, instant($7)) END,
                       signature = $8, signing_key = CASE WHEN public_key IS NULL THEN $9::bytea ELSE signing_key END,
                       public_key = coalesce(public_key, $10),
                       failing_since = CASE WHEN NOT $6 THEN failing_since END, paused_until = CASE WHEN NOT $6 THEN paused_until END,
                       updated_at = instant($7)
                 WHERE id = $1
                """, .id(id), .text(settings.url), .prose(settings.description), .events(settings.events), .bool(settings.isEnabled),
                .bool(isFresh), .int(now), .text(settings.signature.rawValue), .bytes(key.sealed), .text(key.text))
            guard let changed = try transaction.webhook(id) else { return .missing }
            return .changed(changed)
        }
    }

    /// Deletes an endpoint with everything that was or is to be sent to it.
    public func deleteWebhook(_ id: WebhookID, if condition: VersionCondition) async throws(StoreError) -> RowChange<WebhookID> {
        try await transaction { transaction throws(PostgresError) in
            guard let webhook = try transaction.lockedWebhook(id) else { return .missing }
            guard condition.holds(for: webhook.version) else { return .outdated }
            _ = try transaction.execute("DELETE FROM webhook_endpoints WHERE id = $1", .id(id))
            return .changed(id)
        }
    }

    /// Gives an endpoint a new secret and a new key; for a day messages are signed with both of each. `nil` if there is no such endpoint.
    public func rotateWebhookSecret(
        _ id: WebhookID, now: Int64, generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> (secret: WebhookSecret, webhook: Webhook)? {
        let secret = WebhookSecret(random: &generator)
        let sealed = try seal(secret.bytes, for: Self.place(of: id), using: &generator)
        let key = try freshKey(for: id, using: &generator)
        return try await transaction { transaction throws(PostgresError) in
            _ = try transaction.execute(
                """
                UPDATE webhook_endpoints
                   SET version = version + 1, previous_secret = secret, previous_until = instant($3), secret = $2,
                       previous_signing_key = signing_key, previous_public_key = public_key, signing_key = $5, public_key = $6,
                       updated_at = instant($4)
                 WHERE id = $1
                """, .id(id), .bytes(sealed), .int(now + Self.secretOverlap), .int(now), .bytes(key.sealed), .text(key.text))
            return try transaction.webhook(id).map { (secret, $0) }
        }
    }

    /// Queues a test event for one endpoint, whatever its filter. `nil` if there is no such endpoint; it must be enabled.
    public func testWebhook(
        _ id: WebhookID, now: Int64, generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> RowChange<EventID> {
        let event = EventID(random: &generator)
        return try await transaction { transaction throws(PostgresError) in
            guard let webhook = try transaction.lockedWebhook(id) else { return .missing }
            guard webhook.settings.isEnabled else { return .outdated }
            let message = WebhookMessage(id: event, type: .webhookTest, at: now, sequence: 1, data: WebhookTestData(webhook: id))
            // A subject of its own: no other event waits for it.
            try transaction.enqueue(message, about: .test(event), for: [id], now: now)
            return .changed(event)
        }
    }

    /// Both secrets are sealed for the place of the present one, so that rotating moves the sealed value as it is. So are the keys.
    static func place(of id: WebhookID) -> AtRestKeyring.Place {
        AtRestKeyring.Place(table: "webhook_endpoints", column: "secret", row: id.text)
    }

    static func keyPlace(of id: WebhookID) -> AtRestKeyring.Place {
        AtRestKeyring.Place(table: "webhook_endpoints", column: "signing_key", row: id.text)
    }

    private func freshKey(
        for id: WebhookID, using generator: inout some RandomNumberGenerator
    ) throws(StoreError) -> (sealed: [UInt8], text: String) {
        guard let key = WebhookSigningKey.random(using: &generator) else { throw StoreError(.internalError, "no Ed25519 key can be made") }
        return (try seal(key.bytes, for: Self.keyPlace(of: id), using: &generator), key.publicKey.text)
    }
}

extension PostgresTransaction {
    fileprivate func webhook(_ id: WebhookID) throws(PostgresError) -> Webhook? {
        try row(
            """
            SELECT id, version, url, description, events, signature, public_key, previous_public_key, enabled, disabled_reason,
                   milliseconds(disabled_at) AS disabled_at, milliseconds(failing_since) AS failing_since,
                   milliseconds(paused_until) AS paused_until, milliseconds(previous_until) AS previous_until,
                   milliseconds(created_at) AS created_at, milliseconds(updated_at) AS updated_at
              FROM webhook_endpoints WHERE id = $1
            """, .id(id)
        ) { row throws(PostgresError) in try row.webhook() }
    }

    /// The endpoint, held against every other change of it until the end of the transaction.
    fileprivate func lockedWebhook(_ id: WebhookID) throws(PostgresError) -> Webhook? {
        _ = try execute("SELECT FROM webhook_endpoints WHERE id = $1 FOR NO KEY UPDATE", .id(id))
        return try webhook(id)
    }
}

extension PostgresValue {
    fileprivate static func events(_ filter: [WebhookEventFilter]?) -> PostgresValue { filter.map { .texts($0.map(\.text)) } ?? .null }
}
