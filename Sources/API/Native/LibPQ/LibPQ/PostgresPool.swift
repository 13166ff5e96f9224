/// A fixed number of connections, lent to one transaction each; who finds none waits in line, for a bounded time.
public actor PostgresPool {
    private let waitLimit: Duration
    private let lineLimit: Int
    private var idle: [PostgresConnection]
    private var line: [Waiter] = []
    private var lastTicket: UInt64 = 0
    private var isClosed = false
    private let connections: Int
    private var exhaustedCount = 0

    private struct Waiter {
        var ticket: UInt64
        var continuation: CheckedContinuation<Result<PostgresConnection, PostgresError>, Never>
    }

    /// - Parameters:
    ///   - connections: At least 1; each has a thread. They connect at their first use.
    ///   - waitLimit: How long a transaction may wait for a connection before it fails `exhausted`.
    ///   - lineLimit: How many may wait at once; the next one fails `exhausted` at once.
    public init(
        _ configuration: PostgresConfiguration, connections: Int = 4, waitLimit: Duration = .seconds(5), lineLimit: Int = 1_024
    ) throws(PostgresError) {
        self.waitLimit = waitLimit
        self.lineLimit = lineLimit
        idle = []
        self.connections = max(1, connections)
        for _ in 0..<max(1, connections) { idle.append(try PostgresConnection(configuration)) }
    }

    /// Runs `body` as `PostgresConnection.withTransaction` does, on the next free connection.
    nonisolated public func withTransaction<T: Sendable>(
        _ body: @Sendable (borrowing PostgresTransaction) throws(PostgresError) -> T
    ) async throws(PostgresError) -> T {
        let connection = try await lease()
        do throws(PostgresError) {
            let value = try await connection.withTransaction(body)
            await giveBack(connection)
            return value
        } catch {
            await giveBack(connection)
            throw error
        }
    }

    /// Runs `body` as `PostgresConnection.withStatement` does, on the next free connection.
    nonisolated public func withStatement<T: Sendable>(
        _ body: @Sendable (borrowing PostgresTransaction) throws(PostgresError) -> T
    ) async throws(PostgresError) -> T {
        let connection = try await lease()
        do throws(PostgresError) {
            let value = try await connection.withStatement(body)
            await giveBack(connection)
            return value
        } catch {
            await giveBack(connection)
            throw error
        }
    }

    /// How many connections there are and are at work, how many transactions wait for one, and how many waited in vain since the start.
    public var figures: (connections: Int, busy: Int, waiting: Int, exhausted: Int) {
        (connections, isClosed ? 0 : connections - idle.count, line.count, exhaustedCount)
    }

    /// Refuses new transactions with `cancelled`; those under way end as they would have, then their connections close.
    public func close() async {
        isClosed = true
        let waiters = line
        line = []
        for waiter in waiters { waiter.continuation.resume(returning: .failure(Self.closed)) }
        let connections = idle
        idle = []
        for connection in connections { await connection.disconnect() }
    }

    private func lease() async throws(PostgresError) -> PostgresConnection {
        guard !isClosed else { throw Self.closed }
        // The one used last: the others may stay unconnected while the load is low.
        if let connection = idle.popLast() { return connection }
        guard line.count < lineLimit else {
            exhaustedCount += 1
            throw Self.exhausted
        }
        lastTicket += 1
        let ticket = lastTicket
        let timer = Task {
            try await Task.sleep(for: waitLimit)
            dismiss(ticket, Self.exhausted)
        }
        defer { timer.cancel() }
        // The actor is held until the continuation is in line, so neither dismissal can come too early.
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { line.append(Waiter(ticket: ticket, continuation: $0)) }
        } onCancel: {
            Task { await self.dismiss(ticket, PostgresError(.cancelled, "cancelled while waiting for a connection")) }
        }.get()
    }

    private func giveBack(_ connection: PostgresConnection) async {
        if isClosed {
            await connection.disconnect()
        } else if line.isEmpty {
            idle.append(connection)
        } else {
            line.removeFirst().continuation.resume(returning: .success(connection))
        }
    }

    private func dismiss(_ ticket: UInt64, _ error: PostgresError) {
        guard let index = line.firstIndex(where: { $0.ticket == ticket }) else { return }
        if error.kind == .exhausted { exhaustedCount += 1 }
        line.remove(at: index).continuation.resume(returning: .failure(error))
    }

    private static let closed = PostgresError(.cancelled, "the pool is closed")
    private static let exhausted = PostgresError(.exhausted, "every connection is busy")
}
