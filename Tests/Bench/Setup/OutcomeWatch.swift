import Glibc
import LibPQ
import Linux

/// Sees the outcome of a call in the installation's database, over a connection of its own.
struct OutcomeWatch: Sendable {
    /// Between two looks.
    static let interval = Duration.milliseconds(1)
    private static let patience = Duration.seconds(5)

    private let connection: PostgresConnection

    /// Connects to the installation's private cluster.
    /// - Parameter folder: where its socket lies.
    init(folder: String) async throws {
        connection = try PostgresConnection(PostgresConfiguration(conninfo: "host=\(folder) dbname=postgres"))
        var status = stat()
        guard stat(folder, &status) == 0 else { throw BenchError("\(folder) cannot be read") }
        // The cluster asks the kernel who connects, and lets in its owner alone.
        let isRoot = geteuid() == 0
        if isRoot { _ = seteuid(status.st_uid) }
        defer { if isRoot { _ = seteuid(0) } }
        _ = try await outcome(of: "")
    }

    /// Whether the committed row of the call has an outcome: each look is a transaction of its own, which sees what is committed.
    func outcome(of call: String) async throws -> String? {
        try await connection.withTransaction { transaction throws(PostgresError) in
            try transaction.row("SELECT outcome FROM calls WHERE id = $1 AND outcome IS NOT NULL", .text(call)) { row throws(PostgresError) in
                try row.value("outcome", as: String.self)
            }
        }
    }

    /// Looks until the call has an outcome.
    /// - Returns: when it was first seen, and what it is.
    func committed(_ call: String) async throws -> (at: Duration, outcome: String) {
        let giveUp = MonotonicClock.now() + Self.patience
        while true {
            let outcome = try await outcome(of: call)
            let now = MonotonicClock.now()
            if let outcome { return (now, outcome) }
            guard now < giveUp else { throw BenchError("the call has no outcome after \(Self.patience.components.seconds) s") }
            try await Task.sleep(for: Self.interval)
        }
    }
}
