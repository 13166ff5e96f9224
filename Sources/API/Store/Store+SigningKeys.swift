import Domain
import LibPQ

/// What came of rotating a signing key.
public enum SigningKeyRotation: Sendable, Equatable {
    case rotated(secret: [UInt8], successor: SigningKey)
    case missing
    case revoked
    /// It has a successor already, and a second one would be a key that nobody knows of.
    case rotatedBefore(SigningKey)
}

extension Store {
    /// Makes a signing key. The secret is in the answer; kept is it only sealed.
    public func createSigningKey(
        name: ShortLabel, now: Int64, generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> (secret: [UInt8], key: SigningKey) {
        let key = SigningKey(id: SigningKeyID(random: &generator), name: name, createdAt: now, revokedAt: nil)
        let secret = (0..<SigningKey.secretBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let sealed = try seal(secret, for: Self.secretPlace(key.id), using: &generator)
        try await transaction { transaction throws(PostgresError) in
            _ = try transaction.execute(
                "INSERT INTO signing_keys (id, name, secret, created_at) VALUES ($1, $2, $3, instant($4))", .id(key.id), .id(name),
                .bytes(sealed), .int(now))
        }
        return (secret, key)
    }

    public func signingKeys(_ page: PageRequest) async throws(StoreError) -> Page<SigningKey> {
        let wanted = page.parameters
        let rows = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT id, name, milliseconds(created_at) AS created, milliseconds(revoked_at) AS revoked, successor,
                       milliseconds(retires_at) AS retires
                  FROM signing_keys
                 WHERE $1::bigint IS NULL OR (created_at, id) < (instant($1), $2) ORDER BY created_at DESC, id DESC LIMIT $3
                """, wanted.at, wanted.id, wanted.rows
            ) { row throws(PostgresError) in try row.signingKey() }
        }
        return page.page(of: rows) { PageCursor(at: $0.createdAt, id: $0.id.text) }
    }

    /// A key with its secret, revoked or not; `nil` if there is none.
    public func signingKey(_ id: SigningKeyID) async throws(StoreError) -> (secret: [UInt8], key: SigningKey)? {
        try await signingKeys([id])[id]
    }

    /// Those of the keys that there are, with their secrets.
    func signingKeys(_ ids: Set<SigningKeyID>) async throws(StoreError) -> [SigningKeyID: (secret: [UInt8], key: SigningKey)] {
        guard !ids.isEmpty else { return [:] }
        let rows = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT id, name, secret, milliseconds(created_at) AS created, milliseconds(revoked_at) AS revoked, successor,
                       milliseconds(retires_at) AS retires
                  FROM signing_keys WHERE id = ANY ($1::text[])
                """, .texts(ids.map(\.text))
            ) { row throws(PostgresError) in (sealed: try row.value("secret", as: [UInt8].self), key: try row.signingKey()) }
        }
        var known: [SigningKeyID: (secret: [UInt8], key: SigningKey)] = [:]
        for row in rows { known[row.key.id] = (try open(row.sealed, from: Self.secretPlace(row.key.id)), row.key) }
        return known
    }

    /// Makes the key's successor, of the same name. The key itself signs nothing new from now on, and goes on opening what it has signed for
    /// `overlap` seconds. The secret is in the answer; kept is it only sealed.
    public func rotateSigningKey(
        _ id: SigningKeyID, overlap: Int, now: Int64, generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> SigningKeyRotation {
        let successor = SigningKeyID(random: &generator)
        let secret = (0..<SigningKey.secretBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let sealed = try seal(secret, for: Self.secretPlace(successor), using: &generator)
        return try await transaction { transaction throws(PostgresError) in
            let known = try transaction.row(
                """
                SELECT id, name, milliseconds(created_at) AS created, milliseconds(revoked_at) AS revoked, successor,
                       milliseconds(retires_at) AS retires
                  FROM signing_keys WHERE id = $1 FOR UPDATE
                """, .id(id)
            ) { row throws(PostgresError) in try row.signingKey() }
            guard let known else { return .missing }
            switch known.state(now: now) {
            case .revoked: return .revoked
            case .retiring, .retired: return .rotatedBefore(known)
            case .active: break
            }
            let key = SigningKey(id: successor, name: known.name, createdAt: now, revokedAt: nil)
            _ = try transaction.execute(
                "INSERT INTO signing_keys (id, name, secret, created_at) VALUES ($1, $2, $3, instant($4))", .id(successor), .id(known.name),
                .bytes(sealed), .int(now))
            _ = try transaction.execute(
                "UPDATE signing_keys SET successor = $2, retires_at = instant($3) WHERE id = $1", .id(id), .id(successor),
                .int(now + Int64(overlap) * 1_000))
            return .rotated(secret: secret, successor: key)
        }
    }

    /// Makes links that it signed useless from now on; `false` if there is no such key. A second time changes nothing.
    public func revokeSigningKey(_ id: SigningKeyID, now: Int64) async throws(StoreError) -> Bool {
        try await transaction { transaction throws(PostgresError) in
            try transaction.execute(
                "UPDATE signing_keys SET revoked_at = coalesce(revoked_at, instant($2)) WHERE id = $1", .id(id), .int(now)) == 1
        }
    }

    private static func secretPlace(_ id: SigningKeyID) -> AtRestKeyring.Place { .init(table: "signing_keys", column: "secret", row: id.text) }
}

extension PostgresRow {
    fileprivate func signingKey() throws(PostgresError) -> SigningKey {
        SigningKey(
            id: try domain("id", SigningKeyID.init), name: try domain("name", ShortLabel.init), createdAt: try value("created"),
            revokedAt: try optional("revoked"), successor: try optionalDomain("successor", SigningKeyID.init), retiresAt: try optional("retires"))
    }
}
