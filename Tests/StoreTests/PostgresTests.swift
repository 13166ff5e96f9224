import LibPQ
import Store
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2)))
struct PostgresTests {
    @Test("Connections that were killed while idle are replaced, and the next calls do not notice")
    func killedIdle() async throws {
        try await TestStore.with { test in
            try await test.store.ping()
            try await test.killOthers()
            try await test.store.ping()
            #expect(try await test.store.publicNumbers().count == 2)
        }
    }

    @Test("A connection that is killed within a transaction is an error that says so, and the next call works")
    func killedBusy() async throws {
        try await TestStore.with { test in
            let connection = try PostgresConnection(PostgresConfiguration(conninfo: test.conninfo))
            let error = await #expect(throws: PostgresError.self) {
                try await connection.withTransaction { transaction throws(PostgresError) in
                    _ = try transaction.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                    _ = try transaction.execute("SELECT 1")
                }
            }
            #expect(error?.kind == .unavailable && error?.isRetryable == true)
            #expect(try await connection.echo(.text("back")) == "back")
        }
    }

    @Test("A connection that dies with a transaction's first word is replaced, and the transaction begins anew")
    func killedUnseen() async throws {
        try await TestStore.with { test in
            let connection = try PostgresConnection(PostgresConfiguration(conninfo: test.conninfo))
            #expect(try await connection.echo(.text("there")) == "there")
            let tries = Counter()
            let number = try await connection.withTransaction { transaction throws(PostgresError) in
                tries.increment()
                // Once: its own end comes in the same flight as the BEGIN.
                if tries.value == 1 { _ = try transaction.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
                return try transaction.row("SELECT 7 AS number") { row throws(PostgresError) in try row.value("number", as: Int.self) }
            }
            #expect(number == 7 && tries.value == 2)
        }
    }

    @Test("One statement is a transaction by itself, and a second one is refused")
    func single() async throws {
        try await TestStore.with { test in
            let connection = try PostgresConnection(PostgresConfiguration(conninfo: test.conninfo))
            try await connection.withStatement { transaction throws(PostgresError) in
                _ = try transaction.execute("CREATE TABLE single (n int PRIMARY KEY)")
            }
            let error = await #expect(throws: PostgresError.self) {
                try await connection.withStatement { transaction throws(PostgresError) in
                    _ = try transaction.execute("INSERT INTO single VALUES (1)")
                    _ = try transaction.execute("INSERT INTO single VALUES (2)")
                }
            }
            #expect(error?.kind == .fault)
            // The first was done and stays done: that is what one statement alone means.
            #expect(try await test.count("SELECT count(*) AS count FROM single") == 1)
            let duplicate = await #expect(throws: PostgresError.self) {
                try await connection.withStatement { transaction throws(PostgresError) in
                    _ = try transaction.execute("INSERT INTO single VALUES (1)")
                }
            }
            #expect(duplicate?.isUniqueViolation == true)
            #expect(try await connection.echo(.text("alive")) == "alive")
        }
    }

    @Test("A transaction that sends nothing costs nothing, and leaves nothing open")
    func empty() async throws {
        try await TestStore.with { test in
            let connection = try PostgresConnection(PostgresConfiguration(conninfo: test.conninfo))
            try await connection.withTransaction { _ throws(PostgresError) in }
            #expect(try await connection.echo(.text("alive")) == "alive")
        }
    }

    @Test("A server that is not there is an error that may pass")
    func nobodyThere() async throws {
        let error = await #expect(throws: StoreError.self) {
            _ = try await TestStore.open("host=/nonexistent user=nobody dbname=nothing")
        }
        #expect(error?.code == .databaseUnavailable && error?.isRetryable == true)
    }

    @Test("Who waits too long for a connection gets an error, and the pool works on")
    func exhausted() async throws {
        try await TestStore.with { test in
            let pool = try PostgresPool(
                PostgresConfiguration(conninfo: test.conninfo), connections: 1, waitLimit: .milliseconds(20), lineLimit: 3)
            let (begun, signal) = AsyncStream.makeStream(of: Void.self)
            let mayEnd = Flag()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await pool.withTransaction { transaction throws(PostgresError) in
                        signal.yield()
                        // The thread is the connection's own: waiting here holds up nobody else.
                        while !mayEnd.isRaised { _ = try transaction.execute("SELECT pg_sleep(0.005)") }
                    }
                }
                for await _ in begun { break }
                let kinds = await withTaskGroup { waiters in
                    for _ in 0..<10 {
                        waiters.addTask { () -> PostgresError.Kind? in
                            do throws(PostgresError) {
                                try await pool.withTransaction { _ throws(PostgresError) in }
                                return nil
                            } catch {
                                return error.kind
                            }
                        }
                    }
                    return await waiters.reduce(into: []) { $0.append($1) }
                }
                #expect(kinds == Array(repeating: .exhausted, count: 10))
                mayEnd.raise()
                try await group.waitForAll()
            }
            try await pool.withTransaction { transaction throws(PostgresError) in _ = try transaction.execute("SELECT 1") }
            await pool.close()
            let closed = await #expect(throws: PostgresError.self) { try await pool.withTransaction { _ throws(PostgresError) in } }
            #expect(closed?.kind == .cancelled)
        }
    }

    @Test("A hundred transactions on two connections all get their turn")
    func turns() async throws {
        try await TestStore.with(connections: 2) { test in
            try await withThrowingTaskGroup { group in
                for _ in 0..<100 { group.addTask { try await test.store.ping() } }
                try await group.waitForAll()
            }
        }
    }

    @Test("Who is cancelled while waiting for a connection leaves the line")
    func cancelled() async throws {
        try await TestStore.with { test in
            let pool = try PostgresPool(PostgresConfiguration(conninfo: test.conninfo), connections: 1, waitLimit: .seconds(60))
            let (begun, signal) = AsyncStream.makeStream(of: Void.self)
            let mayEnd = Flag()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    try await pool.withTransaction { transaction throws(PostgresError) in
                        signal.yield()
                        while !mayEnd.isRaised { _ = try transaction.execute("SELECT pg_sleep(0.005)") }
                    }
                }
                for await _ in begun { break }
                let waiter = Task {
                    do throws(PostgresError) {
                        try await pool.withTransaction { _ throws(PostgresError) in }
                        return nil as PostgresError.Kind?
                    } catch {
                        return error.kind
                    }
                }
                waiter.cancel()
                #expect(await waiter.value == .cancelled)
                mayEnd.raise()
                try await group.waitForAll()
            }
        }
    }

    @Test("Two transactions that lock crosswise both come to their end")
    func deadlock() async throws {
        try await TestStore.with { test in
            try await test.sql { transaction throws(PostgresError) in
                try transaction.run(
                    script: "CREATE TABLE pair (id int PRIMARY KEY, n int NOT NULL); INSERT INTO pair VALUES (1, 0), (2, 0)")
            }
            let tries = Counter()
            let firstLocks = Counter()
            try await withThrowingTaskGroup { group in
                for (first, second) in [(1, 2), (2, 1)] as [(Int64, Int64)] {
                    group.addTask {
                        try await PostgresConnection(PostgresConfiguration(conninfo: test.conninfo))
                            .withTransaction { transaction throws(PostgresError) in
                                tries.increment()
                                _ = try transaction.execute("UPDATE pair SET n = n + 1 WHERE id = $1", .int(first))
                                firstLocks.increment()
                                while firstLocks.value < 2 { _ = try transaction.execute("SELECT pg_sleep(0.002)") }
                                _ = try transaction.execute("UPDATE pair SET n = n + 1 WHERE id = $1", .int(second))
                            }
                    }
                }
                try await group.waitForAll()
            }
            // Both once, and one of them again; on a slow machine the second try may meet the other one too.
            #expect(tries.value >= 3)
            #expect(try await test.count("SELECT sum(n) AS count FROM pair") == 4)
        }
    }

    @Test("A body that swallows a failed statement is not taken for done")
    func swallowed() async throws {
        try await TestStore.with { test in
            let error = await #expect(throws: PostgresError.self) {
                try await test.sql { transaction throws(PostgresError) in
                    _ = try transaction.execute("DELETE FROM numbers")
                    _ = try? transaction.execute("SELECT 1 / 0")
                }
            }
            #expect(error?.kind == .fault)
            let numbers = try await test.store.publicNumbers()
            #expect(numbers.count == 2)
        }
    }

    @Test("A statement that takes too long is an error, and the connection lives")
    func tooLong() async throws {
        try await TestStore.with { test in
            let connection = try PostgresConnection(PostgresConfiguration(conninfo: test.conninfo, statementMilliseconds: 30))
            let error = await #expect(throws: PostgresError.self) {
                try await connection.withTransaction { transaction throws(PostgresError) in
                    _ = try transaction.execute("SELECT pg_sleep(60)")
                }
            }
            #expect(error?.kind == .timedOut && error?.sqlState == "57014")
            #expect(try await connection.echo(.text("alive")) == "alive")
        }
    }

    @Test(
        "Text of any kind comes back as it went",
        arguments: [
            "", "'; DROP TABLE rooms; --", "\"\\'$1%s{}", "☎️ \u{202E}\u{FEFF}\u{10FFFF}\r\n\t", String(repeating: "x", count: 1 << 20),
        ])
    func text(_ text: String) async throws {
        try await TestStore.with { test in
            let connection = try PostgresConnection(PostgresConfiguration(conninfo: test.conninfo))
            #expect(try await connection.echo(.text(text)) == text)
            let lists = [[], [text], [text, "", "NULL", text]]
            for list in lists {
                let back = try await connection.withTransaction { transaction throws(PostgresError) in
                    try transaction.row("SELECT $1::text[] AS list", .texts(list)) { row throws(PostgresError) in
                        try row.value("list", as: [String].self)
                    }
                }
                #expect(back == list)
            }
        }
    }

    @Test("A text with a NUL is refused before it is sent, and the connection lives")
    func nul() async throws {
        try await TestStore.with { test in
            let connection = try PostgresConnection(PostgresConfiguration(conninfo: test.conninfo))
            for value in [PostgresValue.text("a\u{0}b"), .texts(["ok", "\u{0}"])] {
                let error = await #expect(throws: PostgresError.self) { try await connection.echo(value) }
                #expect(error?.kind == .invalidParameter)
            }
            #expect(try await connection.echo(.text("alive")) == "alive")
        }
    }

    @Test("Bytes, numbers, truth and nothing come back as they went")
    func values() async throws {
        try await TestStore.with { test in
            let bytes = [UInt8](0...255)
            let read = try await test.sql { transaction throws(PostgresError) in
                try transaction.row(
                    "SELECT $1::bytea AS bytes, $2::bigint AS low, $3::boolean AS truth, $4::text AS nothing", .bytes(bytes),
                    .int(.min), .bool(true), .null
                ) { row throws(PostgresError) in
                    (
                        bytes: try row.value("bytes", as: [UInt8].self), low: try row.value("low", as: Int64.self),
                        truth: try row.value("truth", as: Bool.self), nothing: try row.optional("nothing", as: String.self)
                    )
                }
            }
            #expect(read?.bytes == bytes && read?.low == .min && read?.truth == true && read?.nothing == nil)
        }
    }

    @Test("A column that is missing, NULL or of another type is a fault, not a guess", arguments: ["nothing", "absent", "truth"])
    func unexpectedColumn(_ column: String) async throws {
        try await TestStore.with { test in
            let error = await #expect(throws: PostgresError.self) {
                try await test.sql { transaction throws(PostgresError) in
                    try transaction.row("SELECT NULL AS nothing, true AS truth") { row throws(PostgresError) in
                        try row.value(column, as: Int.self)
                    }
                }
            }
            #expect(error?.kind == .fault)
        }
    }
}

extension PostgresConnection {
    fileprivate func echo(_ value: PostgresValue) throws(PostgresError) -> String? {
        try withTransaction { transaction throws(PostgresError) in
            try transaction.row("SELECT $1::text AS echo", value) { row throws(PostgresError) in try row.value("echo", as: String.self) }
        }
    }
}

extension TestStore {
    /// Ends every other session of this test's schema, as an administrator or a failing server would.
    fileprivate func killOthers() async throws {
        let killed = try await count(
            """
            SELECT count(pg_terminate_backend(other.pid, 5000)) FROM pg_stat_activity other, pg_stat_activity own
             WHERE own.pid = pg_backend_pid() AND other.pid <> own.pid AND other.application_name = own.application_name
            """)
        #expect(killed > 0)
    }
}

/// Raised once, seen by other threads.
private final class Flag: Sendable {
    private let state = Atomic<Bool>(false)
    var isRaised: Bool { state.load(ordering: .acquiring) }
    func raise() { state.store(true, ordering: .releasing) }
}

private final class Counter: Sendable {
    private let state = Atomic<Int>(0)
    var value: Int { state.load(ordering: .acquiring) }
    func increment() { state.add(1, ordering: .acquiringAndReleasing) }
}
