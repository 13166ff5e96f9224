import Crypto
import Domain
import LibPQ

extension Store {
    /// Makes an API key. The secret is in the answer and nowhere else.
    public func createKey(
        name: String, scopes: [String], expiresAt: Int64? = nil, now: Int64, generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> (secret: APIKeySecret, key: APIKey) {
        let secret = APIKeySecret(random: &generator)
        let key = APIKey(
            id: APIKeyID(random: &generator), name: name, scopes: scopes, createdAt: now, expiresAt: expiresAt, revokedAt: nil)
        try await transaction { transaction throws(PostgresError) in try transaction.insert(key, secret) }
        return (secret, key)
    }

    /// Makes the first API key of an installation, which may do everything; of several that start on one empty database, one does.
    ///
    /// - Parameter secret: made and kept by the caller beforehand, so that it cannot be lost between this and the operator.
    /// - Returns: `false` if there was a key before; nothing changed then.
    public func createFirstKey(_ secret: APIKeySecret, now: Int64, generator: inout some RandomNumberGenerator) async throws(StoreError) -> Bool {
        let key = APIKey(id: APIKeyID(random: &generator), name: "first", scopes: ["*"], createdAt: now, expiresAt: nil, revokedAt: nil)
        return try await transaction { transaction throws(PostgresError) in
            // Readers go on; another first key waits, and then sees this one.
            _ = try transaction.execute("LOCK TABLE api_keys IN SHARE ROW EXCLUSIVE MODE")
            guard try !transaction.hasAnyKey() else { return false }
            try transaction.insert(key, secret)
            return true
        }
    }

    /// Whether any key was ever made: a fresh installation makes its first one by itself.
    public func hasAnyKey() async throws(StoreError) -> Bool {
        try await transaction { transaction throws(PostgresError) in try transaction.hasAnyKey() }
    }

    /// The key that this secret opens, unless it is unknown, expired or revoked. One that another process has revoked within the last second
    /// may still open.
    ///
    /// It is found by its hash, so how long the search takes says nothing about the secret.
    public func verifyKey(_ secret: String, now: Int64) async throws(StoreError) -> APIKey? {
        guard let secret = APIKeySecret(secret) else { return nil }
        let hash = Self.hash(secret)
        if let key = recentKeys.key(hash, now: now) { return key }
        let lookup = recentKeys.lookup()
        let key = try await statement { transaction throws(PostgresError) in
            try transaction.row(
                """
                SELECT id, name, scopes, milliseconds(created_at) AS created_at, milliseconds(expires_at) AS expires_at,
                       milliseconds(revoked_at) AS revoked_at, milliseconds(rotated_at) AS rotated_at,
                       milliseconds(previous_until) AS previous_until, milliseconds(last_used_at) AS last_used_at
                  FROM api_keys
                 WHERE (hash = $1 OR (previous_hash = $1 AND previous_until > instant($2)))
                   AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > instant($2))
                """, .bytes(hash), .int(now)
            ) { row throws(PostgresError) in try row.apiKey() }
        }
        guard let key else { return nil }
        // To the minute: a key that is used a thousand times a second is written down once in a minute.
        let isUseDue = key.lastUsedAt.map { now - $0 >= Self.useMilliseconds } ?? true
        var used = key
        if isUseDue { used.lastUsedAt = now }
        recentKeys.remember(used, hash, found: lookup, now: now)
        if isUseDue {
            try await statement { transaction throws(PostgresError) in
                _ = try transaction.execute(
                    """
                    UPDATE api_keys SET last_used_at = instant($2) WHERE id = (
                        SELECT id FROM api_keys WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= instant($3)) FOR UPDATE SKIP LOCKED)
                    """, .id(key.id), .int(now), .int(now - Self.useMilliseconds))
            }
        }
        return key
    }

    /// How exactly the last use of a key is known.
    private static let useMilliseconds: Int64 = 60_000

    /// Every key that was ever made.
    public func keys(_ page: PageRequest) async throws(StoreError) -> Page<APIKey> {
        let wanted = page.parameters
        let rows = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT id, name, scopes, milliseconds(created_at) AS created_at, milliseconds(expires_at) AS expires_at,
                       milliseconds(revoked_at) AS revoked_at, milliseconds(rotated_at) AS rotated_at,
                       milliseconds(previous_until) AS previous_until, milliseconds(last_used_at) AS last_used_at
                  FROM api_keys AS key
                 WHERE $1::bigint IS NULL OR (key.created_at, id) < (instant($1), $2) ORDER BY key.created_at DESC, id DESC LIMIT $3
                """, wanted.at, wanted.id, wanted.rows
            ) { row throws(PostgresError) in try row.apiKey() }
        }
        return page.page(of: rows) { PageCursor(at: $0.createdAt, id: $0.id.text) }
    }

    /// The key with this id, also if it is expired or revoked.
    public func key(_ id: APIKeyID) async throws(StoreError) -> APIKey? {
        try await transaction { transaction throws(PostgresError) in
            try transaction.row(
                """
                SELECT id, name, scopes, milliseconds(created_at) AS created_at, milliseconds(expires_at) AS expires_at,
                       milliseconds(revoked_at) AS revoked_at, milliseconds(rotated_at) AS rotated_at,
                       milliseconds(previous_until) AS previous_until, milliseconds(last_used_at) AS last_used_at
                  FROM api_keys WHERE id = $1
                """, .id(id)
            ) { row throws(PostgresError) in try row.apiKey() }
        }
    }

    /// Makes the key useless from now on; `false` if there is none or it was revoked before.
    public func revokeKey(_ id: APIKeyID, now: Int64) async throws(StoreError) -> Bool {
        defer { recentKeys.forget() }
        return try await transaction { transaction throws(PostgresError) in
            try transaction.execute(
                "UPDATE api_keys SET revoked_at = instant($2) WHERE id = $1 AND revoked_at IS NULL", .id(id), .int(now)) == 1
        }
    }

    /// Gives the key another secret, which is in the answer and nowhere else; the one before it opens, too, until `overlapEnds`.
    ///
    /// - Returns: `nil` if there is no such key, or it is expired or revoked.
    public func rotateKey(
        _ id: APIKeyID, overlapEnds: Int64, now: Int64, generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> (secret: APIKeySecret, key: APIKey)? {
        let secret = APIKeySecret(random: &generator)
        defer { recentKeys.forget() }
        let key = try await transaction { transaction throws(PostgresError) in
            try transaction.row(
                """
                UPDATE api_keys
                   SET previous_hash = hash, previous_until = instant($3), hash = $2, rotated_at = instant($4)
                 WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > instant($4))
                RETURNING id, name, scopes, milliseconds(created_at) AS created_at, milliseconds(expires_at) AS expires_at,
                          milliseconds(revoked_at) AS revoked_at, milliseconds(rotated_at) AS rotated_at,
                          milliseconds(previous_until) AS previous_until, milliseconds(last_used_at) AS last_used_at
                """, .id(id), .bytes(Self.hash(secret)), .int(overlapEnds), .int(now)
            ) { row throws(PostgresError) in try row.apiKey() }
        }
        return key.map { (secret, $0) }
    }

    fileprivate static func hash(_ secret: APIKeySecret) -> [UInt8] {
        Array(SHA256.hash(data: Array(secret.text.utf8)))
    }
}

extension PostgresTransaction {
    fileprivate func hasAnyKey() throws(PostgresError) -> Bool {
        try row("SELECT EXISTS (SELECT FROM api_keys) AS any") { row throws(PostgresError) in try row.value("any") } ?? false
    }

    fileprivate func insert(_ key: APIKey, _ secret: APIKeySecret) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO api_keys (id, name, hash, scopes, created_at, expires_at)
            VALUES ($1, $2, $3, $4, instant($5), instant($6))
            """,
            .id(key.id), .text(key.name), .bytes(Store.hash(secret)), .texts(key.scopes), .int(key.createdAt), .optional(key.expiresAt))
    }
}

extension PostgresRow {
    fileprivate func apiKey() throws(PostgresError) -> APIKey {
        APIKey(
            id: try domain("id", APIKeyID.init), name: try value("name"), scopes: try value("scopes"),
            createdAt: try value("created_at"), expiresAt: try optional("expires_at"), revokedAt: try optional("revoked_at"),
            rotatedAt: try optional("rotated_at"), previousUntil: try optional("previous_until"), lastUsedAt: try optional("last_used_at"))
    }
}
