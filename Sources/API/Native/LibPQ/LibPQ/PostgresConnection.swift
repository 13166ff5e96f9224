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
        try repeating { session throws(PostgresError) in
            session.begin()
            let value = try body(PostgresTransaction(session: session))
            guard !session.isUnopened else { return value }
            // COMMIT after a failed statement is answered with a quiet ROLLBACK: a body that swallowed the error must not pass for done.
            guard session.isInTransaction else {
                throw PostgresError(session.isConnected ? .fault : .unavailable, "the transaction had failed before its end")
            }
            try session.run(script: "COMMIT")
            return value
        }
    }

    /// Runs the one statement of `body` as a transaction of its own: one way to the server and back instead of two. A second statement is
    /// refused as a `fault`.
    ///
    /// Should the connection be lost under way, nobody knows whether a change was made, as with a COMMIT.
    public func withStatement<T: Sendable>(
        _ body: @Sendable (borrowing PostgresTransaction) throws(PostgresError) -> T
    ) throws(PostgresError) -> T {
        try repeating { session throws(PostgresError) in
            session.beginSingle()
            return try body(PostgresTransaction(session: session))
        }
    }

    /// Disconnects. A later use connects again.
    public func disconnect() { session = nil }

    /// Runs `work` until it succeeds, or fails for a reason that another try would not mend.
    private func repeating<T>(_ work: (PostgresSession) throws(PostgresError) -> T) throws(PostgresError) -> T {
        var attempt = 1
        while true {
            // A connection that died while idle is found out here, where nothing has been done yet, so it may be replaced in silence.
            if let session, !session.isQuiet { self.session = nil }
            let isFresh = session == nil
            let session = try connected()
            do throws(PostgresError) {
                let value = try work(session)
                session.forgetOpening()
                return value
            } catch {
                let isUnopened = session.isUnopened
                session.forgetOpening()
                abandon(session)
                // It died unseen, and with its first word: nothing can have been done.
                if error.kind == .unavailable, isUnopened, !isFresh {
                    self.session = nil
                    continue
                }
                guard error.kind == .conflict, attempt < Self.attempts else { throw error }
                attempt += 1
            }
        }
    }

    private func connected() throws(PostgresError) -> PostgresSession {
        if let session { return session }
        let fresh = try PostgresSession(configuration)
        session = fresh
        return fresh
    }

    private func abandon(_ session: PostgresSession) {
        guard session.isConnected else { return self.session = nil }
        // Idle: there is nothing to take back.
        guard !session.isIdle else { return }
        do throws(PostgresError) {
            try session.run(script: "ROLLBACK")
        } catch {
            // Whatever state it is in, the server forgets it with the connection.
            self.session = nil
        }
    }
}
