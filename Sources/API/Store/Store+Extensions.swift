import Domain
import LibPQ

/// What came of making an extension.
public enum ExtensionCreation: Sendable, Equatable {
    case created(PhoneExtension)
    /// Another extension or a virtual number has these digits.
    case digitsTaken
    /// There are as many as there may be.
    case full
}

extension Store {
    /// Makes an extension; of its password only the hashes for this realm are kept, sealed.
    public func createExtension(
        _ number: ExtensionNumber, displayName: ShortLabel, password: ExtensionPassword, now: Int64,
        generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> ExtensionCreation {
        let new = PhoneExtension(
            id: ExtensionID(random: &generator), version: 1, number: number, displayName: displayName, realm: PhoneExtension.realm,
            createdAt: now, updatedAt: now)
        let (md5, sha256) = try hashes(of: password, for: new, &generator)
        return try await transaction { transaction throws(PostgresError) in
            guard try transaction.count("SELECT count(*) FROM extensions") < PhoneExtension.limit else { return .full }
            // Also who comes at the same moment with these digits waits here until it is decided.
            _ = try transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 2))", .id(number))
            let isTaken =
                try transaction.row(
                    "SELECT EXISTS (SELECT FROM numbers WHERE number = $1) OR EXISTS (SELECT FROM extensions WHERE number = $1) AS taken",
                    .id(number)
                ) { row throws(PostgresError) in try row.value("taken", as: Bool.self) } ?? false
            guard !isTaken else { return .digitsTaken }
            _ = try transaction.execute(
                """
                INSERT INTO extensions (id, number, display_name, realm, md5_ha1, sha256_ha1, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, instant($7), instant($7))
                """,
                .id(new.id), .id(number), .id(displayName), .text(new.realm), .bytes(md5), .bytes(sha256), .int(now))
            return .created(new)
        }
    }

    /// Changes the display name, the password, or both, if the extension is as `condition` expects it.
    public func updateExtension(
        _ id: ExtensionID, displayName: ShortLabel?, password: ExtensionPassword?, if condition: VersionCondition = .any, now: Int64,
        generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> RowChange<PhoneExtension> {
        // The hashes hold the number and the realm, which never change: they may be read before the lock.
        guard let known = try await self.extension(id) else { return .missing }
        var fresh: (md5: [UInt8], sha256: [UInt8])?
        if let password { fresh = try hashes(of: password, for: known, &generator) }
        let (md5, sha256) = (fresh?.md5, fresh?.sha256)
        return try await transaction { transaction throws(PostgresError) in
            guard var row = try transaction.lockedExtension(id) else { return .missing }
            guard condition.holds(for: row.version) else { return .outdated }
            row.version += 1
            row.displayName = displayName ?? row.displayName
            row.updatedAt = now
            _ = try transaction.execute(
                """
                UPDATE extensions SET version = $2, display_name = $3, md5_ha1 = coalesce($4, md5_ha1), sha256_ha1 = coalesce($5, sha256_ha1),
                       updated_at = instant($6)
                 WHERE id = $1
                """, .id(id), .int(row.version), .id(row.displayName), md5.map { .bytes($0) } ?? .null, sha256.map { .bytes($0) } ?? .null,
                .int(now))
            return .changed(row)
        }
    }

    public func `extension`(_ id: ExtensionID) async throws(StoreError) -> PhoneExtension? {
        try await transaction { transaction throws(PostgresError) in
            try transaction.row(
                "SELECT *, milliseconds(created_at) AS created, milliseconds(updated_at) AS updated FROM extensions WHERE id = $1", .id(id)
            ) { row throws(PostgresError) in try row.phoneExtension() }
        }
    }

    public func extensions(_ page: PageRequest) async throws(StoreError) -> Page<PhoneExtension> {
        let wanted = page.parameters
        let rows = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT *, milliseconds(created_at) AS created, milliseconds(updated_at) AS updated FROM extensions
                 WHERE $1::bigint IS NULL OR (created_at, id) < (instant($1), $2) ORDER BY created_at DESC, id DESC LIMIT $3
                """, wanted.at, wanted.id, wanted.rows
            ) { row throws(PostgresError) in try row.phoneExtension() }
        }
        return page.page(of: rows) { PageCursor(at: $0.createdAt, id: $0.id.text) }
    }

    public func deleteExtension(_ id: ExtensionID, if condition: VersionCondition = .any) async throws(StoreError) -> RowChange<ExtensionID> {
        try await transaction { transaction throws(PostgresError) in
            guard let row = try transaction.lockedExtension(id) else { return .missing }
            guard condition.holds(for: row.version) else { return .outdated }
            _ = try transaction.execute("DELETE FROM extensions WHERE id = $1", .id(id))
            return .changed(id)
        }
    }

    private func hashes(
        of password: ExtensionPassword, for row: PhoneExtension, _ generator: inout some RandomNumberGenerator
    ) throws(StoreError) -> (md5: [UInt8], sha256: [UInt8]) {
        let secret = DigestSecret(number: row.number, realm: row.realm, password: password)
        return (
            try seal(Array(secret.md5HA1.utf8), for: Self.hashPlace("md5_ha1", row.id.text), using: &generator),
            try seal(Array(secret.sha256HA1.utf8), for: Self.hashPlace("sha256_ha1", row.id.text), using: &generator)
        )
    }

    static func hashPlace(_ column: String, _ row: String) -> AtRestKeyring.Place { .init(table: "extensions", column: column, row: row) }
}

extension PostgresTransaction {
    fileprivate func lockedExtension(_ id: ExtensionID) throws(PostgresError) -> PhoneExtension? {
        try row(
            "SELECT *, milliseconds(created_at) AS created, milliseconds(updated_at) AS updated FROM extensions WHERE id = $1 FOR UPDATE", .id(id)
        ) { row throws(PostgresError) in try row.phoneExtension() }
    }
}

extension PostgresRow {
    fileprivate func phoneExtension() throws(PostgresError) -> PhoneExtension {
        PhoneExtension(
            id: try domain("id", ExtensionID.init), version: try value("version"), number: try domain("number", ExtensionNumber.init),
            displayName: try domain("display_name", ShortLabel.init), realm: try value("realm"), createdAt: try value("created"),
            updatedAt: try value("updated"))
    }
}
