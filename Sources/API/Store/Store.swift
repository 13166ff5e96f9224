import Domain
import LibPQ
import Logging

/// What is remembered: rooms, numbers, calls, bridges and keys, in PostgreSQL.
///
/// One method is one transaction. Time and randomness are arguments: times are milliseconds since 1970 UTC.
/// The subjects are in `Store+….swift`, each with the rules of its own tables.
public final class Store: Sendable {
    let pool: PostgresPool
    let logger: Logger
    /// `nil` for a process that neither reads nor writes secrets.
    let atRest: AtRestKeyring?
    let recentKeys = RecentKeys()
    let mintings: GroupCommit<[MintedLink]>

    private init(pool: PostgresPool, atRest: AtRestKeyring?, logger: Logger) {
        self.pool = pool
        self.atRest = atRest
        self.logger = logger
        mintings = Self.mintings(in: pool, logger: logger)
    }

    /// Connects to the database; `migrate()` comes next. Throws `databaseUnavailable` if it cannot be reached.
    ///
    /// - Parameters:
    ///   - conninfo: A libpq connection string or URL.
    ///   - connections: How many transactions may run at once; each has a thread.
    ///   - atRest: Opens and seals what the database must not show; without it such values are out of reach.
    ///   - waitLimit: How long a transaction may wait for a connection before it fails `databaseBusy`.
    public static func open(
        conninfo: String, atRest: AtRestKeyring? = nil, connections: Int = 4, waitLimit: Duration = .seconds(5), logger: Logger
    ) async throws(StoreError) -> Store {
        do throws(PostgresError) {
            let pool = try PostgresPool(PostgresConfiguration(conninfo: conninfo), connections: connections, waitLimit: waitLimit)
            let store = Store(pool: pool, atRest: atRest, logger: logger)
            try await pool.withTransaction { transaction throws(PostgresError) in _ = try transaction.execute("SELECT 1") }
            return store
        } catch {
            throw StoreError(error)
        }
    }

    /// Asks the database for a sign of life, for readiness checks.
    public func ping() async throws(StoreError) {
        try await statement { transaction throws(PostgresError) in _ = try transaction.execute("SELECT 1") }
    }

    /// Ends the connections once their transactions are done; everything after this is refused as `cancelled`.
    public func close() async {
        await pool.close()
    }

    /// Runs one transaction; see `PostgresConnection.withTransaction` for when `body` runs more than once.
    func transaction<T: Sendable>(
        _ body: @Sendable (borrowing PostgresTransaction) throws(PostgresError) -> T
    ) async throws(StoreError) -> T {
        do throws(PostgresError) {
            return try await pool.withTransaction(body)
        } catch {
            throw Self.told(error, to: logger)
        }
    }

    /// Runs a transaction of exactly one statement, which costs less.
    func statement<T: Sendable>(
        _ body: @Sendable (borrowing PostgresTransaction) throws(PostgresError) -> T
    ) async throws(StoreError) -> T {
        do throws(PostgresError) {
            return try await pool.withStatement(body)
        } catch {
            throw Self.told(error, to: logger)
        }
    }

    static func told(_ error: PostgresError, to logger: Logger) -> StoreError {
        let failure = StoreError(error)
        logger.log(
            level: failure.isRetryable || failure.code == .cancelled ? .warning : .error, "database transaction failed",
            metadata: ["code": "\(failure.code.rawValue)", "message": "\(failure.message)"])
        return failure
    }
}
