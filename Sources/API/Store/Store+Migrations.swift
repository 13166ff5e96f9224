import LibPQ

extension Store {
    /// Brings the schema to this program's version, in one transaction: all of it or nothing.
    ///
    /// Several processes may start at once: one migrates, the others wait and find it done.
    /// Throws `databaseNewer` if the database is ahead of this program, and `migrationChanged` if its past is not this program's.
    public func migrate() async throws(StoreError) {
        let refusal = try await transaction { transaction throws(PostgresError) -> StoreError? in
            try transaction.run(script: Self.preparation)
            let applied = try Self.applied(transaction)
            if let refusal = Self.refusal(applied) { return refusal }
            for migration in Migration.all.dropFirst(applied.count) {
                try transaction.run(script: String(decoding: migration.script, as: UTF8.self))
                try transaction.execute(
                    "INSERT INTO schema_migrations (version, name, sha256, applied_at) VALUES ($1, $2, $3, now())",
                    .int(Int64(migration.version)), .text(migration.name), .text(migration.sha256))
            }
            return nil
        }
        if let refusal { throw refusal }
    }

    static func applied(_ transaction: borrowing PostgresTransaction) throws(PostgresError) -> [AppliedMigration] {
        try transaction.rows("SELECT version, name, sha256 FROM schema_migrations ORDER BY version") { row throws(PostgresError) in
            AppliedMigration(version: try row.value("version"), name: try row.value("name"), sha256: try row.value("sha256"))
        }
    }

    struct AppliedMigration {
        var version: Int
        var name: String
        var sha256: String
    }

    /// A migration may take as long as it takes, and so may the wait for another process's. The lock goes with the transaction.
    private static let preparation = """
        SET LOCAL statement_timeout = 0;
        SET LOCAL lock_timeout = 0;
        SELECT pg_advisory_xact_lock(7246459023);
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version     integer PRIMARY KEY,
            name        text NOT NULL,
            sha256      text NOT NULL,
            applied_at  timestamptz NOT NULL
        )
        """

    /// Why this program must not touch a database with this past; `nil` if it is the beginning of its own.
    static func refusal(_ applied: [AppliedMigration]) -> StoreError? {
        if let newest = applied.last, newest.version > Migration.newest {
            return StoreError(
                .databaseNewer,
                """
                the database is at schema version \(newest.version) («\(newest.name)»), this Ringlink knows \(Migration.newest) \
                at most: start the newer Ringlink, or restore the backup made before it ran
                """)
        }
        for (migration, past) in zip(Migration.all, applied)
        where migration.version != past.version || migration.sha256 != past.sha256 {
            return StoreError(
                .migrationChanged, "schema version \(past.version) («\(past.name)») was made by another text than this Ringlink's")
        }
        return nil
    }
}
