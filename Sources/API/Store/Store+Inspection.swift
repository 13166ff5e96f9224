import LibPQ

/// What somebody who looks for a fault wants to know of a database, read without changing it.
public struct DatabaseFacts: Sendable {
    public struct Trunk: Sendable {
        public var name: String
        public var host: String
        public var port: UInt16
    }

    public var serverVersion: String
    /// The schema's version, and the newest that this program knows.
    public var schema: Int
    public var known: Int
    /// Why this program must not touch the database; `nil` if it may.
    public var refusal: StoreError?
    /// What the database's clock says, milliseconds since 1970 UTC.
    public var clockMilliseconds: Int64
    /// Trunks that may be used.
    public var trunks: [Trunk]
}

extension Store {
    public func inspect() async throws(StoreError) -> DatabaseFacts {
        let known = Migration.all.count
        return try await transaction { transaction throws(PostgresError) in
            let server = try transaction.row(
                """
                SELECT current_setting('server_version') AS version, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS clock,
                       to_regclass('schema_migrations') IS NOT NULL AS is_ours
                """
            ) { row throws(PostgresError) in
                (
                    version: try row.value("version", as: String.self), clock: try row.value("clock", as: Int64.self),
                    isOurs: try row.value("is_ours", as: Bool.self)
                )
            }
            var facts = DatabaseFacts(
                serverVersion: server?.version ?? "", schema: 0, known: known, refusal: nil, clockMilliseconds: server?.clock ?? 0, trunks: [])
            guard server?.isOurs == true else { return facts }
            let applied = try Self.applied(transaction)
            facts.schema = applied.last?.version ?? 0
            facts.refusal = Self.refusal(applied)
            guard facts.refusal == nil, facts.schema >= 2 else { return facts }
            facts.trunks = try transaction.rows("SELECT name, host, port FROM trunks WHERE enabled ORDER BY created_at LIMIT 100") {
                row throws(PostgresError) in
                DatabaseFacts.Trunk(
                    name: try row.value("name"), host: try row.value("host"), port: UInt16(clamping: try row.value("port", as: Int.self)))
            }
            return facts
        }
    }
}
