/// One connection to PostgreSQL: an actor on a thread of its own, since libpq blocks.
///
/// A whole transaction is one call of the actor, which costs one hop instead of one per statement, and nothing of another task can
/// come between its statements. A lost connection is made again by the next call.
public actor PostgresConnection {
    private let configuration: PostgresConfiguration
    private let thread: PostgresThread
    private var session: PostgresSession?
    /// How often a transaction that was in another's way is tried before the caller hears of it.
    private static let attempts = 5

    nonisolated public var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Starts the thread; the connection itself is made at the first use. Throws `unavailable` if there is no thread to have.
    public init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        self.configuration = configuration
        thread = try PostgresThread()
    }

    deinit { thread.stop() }

    /// Runs `body` in a READ COMMITTED transaction: committed if it returns, rolled back if it throws.
    ///
    /// `body` runs again from its beginning after a serialization failure or a deadlock, so it must have no effect but on the database.
    public func withTransaction<T: Sendable>(
        _ body: @Sendable (borrowing PostgresTransaction) throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        var attempt = 1
        while true {
            do throws(PostgresError) {
                return try runOnce(body)
            } catch {
                guard error.kind == .conflict, attempt < Self.attempts else { throw error }
                attempt += 1
            }
        }
    }

    /// Disconnects. A later use connects again.
    public func disconnect() { session = nil }

    private func runOnce<T>(
        _ body: (borrowing PostgresTransaction) throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        let session = try begin()
        do throws(PostgresError) {
            let value = try body(PostgresTransaction(session: session))
            // COMMIT after a failed statement is answered with a quiet ROLLBACK: a body that swallowed the error must not pass for done.
            guard session.isInTransaction else {
                throw PostgresError(session.isConnected ? .fault : .unavailable, "the transaction had failed before its end")
            }
            try session.run(script: "COMMIT")
            return value
        } catch {
            abandon(session)
            throw error
        }
    }

    /// A connection that died while idle is found out here, where nothing has been done yet, so it may be replaced in silence.
    private func begin() throws(PostgresError) -> PostgresSession {
        let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
        if let session {
            do throws(PostgresError) {
                try session.run(script: begin)
                return session
            } catch {
                self.session = nil
                guard error.kind == .unavailable else { throw error }
            }
        }
        let fresh = try PostgresSession(configuration)
        try fresh.run(script: begin)
        session = fresh
        return fresh
    }

    private func abandon(_ session: PostgresSession) {
        do throws(PostgresError) {
            try session.run(script: "ROLLBACK")
        } catch {
            // Whatever state it is in, the server forgets it with the connection.
            self.session = nil
        }
    }
}
