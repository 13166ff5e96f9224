import Domain
import LibPQ
import Store
import Testing

@Suite(.timeLimit(.minutes(2)))
struct MigrationTests {
    @Test("Migrating twice, and by four processes at once, makes the schema once")
    func repeated() async throws {
        try await TestStore.with(migrated: false) { test in
            let others = [try await test.another(), try await test.another(), try await test.another(), test.store]
            try await withThrowingTaskGroup { group in
                for store in others { group.addTask { try await store.migrate() } }
                try await group.waitForAll()
            }
            try await test.store.migrate()
            #expect(try await test.count("SELECT count(*) - count(DISTINCT version) AS count FROM schema_migrations") == 0)
            for store in others { await store.close() }
        }
    }

    @Test("A database that a newer Ringlink has migrated is refused, and says so")
    func newer() async throws {
        try await TestStore.with { test in
            try await test.sql { transaction throws(PostgresError) in
                _ = try transaction.execute(
                    "INSERT INTO schema_migrations VALUES (99, 'of_the_future', 'unknown', now())")
            }
            let error = await #expect(throws: StoreError.self) { try await test.store.migrate() }
            #expect(error?.code == .databaseNewer)
            #expect(error?.isRetryable == false)
            #expect(error?.message.contains("99") == true)
        }
    }

    @Test("A database whose past is not this program's is refused")
    func changed() async throws {
        try await TestStore.with { test in
            try await test.sql { transaction throws(PostgresError) in
                _ = try transaction.execute("UPDATE schema_migrations SET sha256 = 'another'")
            }
            let error = await #expect(throws: StoreError.self) { try await test.store.migrate() }
            #expect(error?.code == .migrationChanged)
        }
    }

    @Test("The echo and the announcement are built in and public")
    func numbers() async throws {
        try await TestStore.with { test in
            let numbers = try await test.store.publicNumbers()
            #expect(numbers.map(\.number) == ["600", "601"])
            #expect(numbers.first?.mode == .echo)
            guard case .announce(let announcement) = numbers.last?.mode else { throw Unexpected() }
            #expect(announcement.language == "en" && !announcement.text.isEmpty && announcement.maximumSeconds == 60)
            #expect(try await test.store.number("600") == numbers.first)
            #expect(try await test.store.number("602") == nil)
        }
    }

    @Test("Every outcome and every party that the domain knows can be stored")
    func vocabulary() async throws {
        try await TestStore.with { test in
            var seed: UInt64 = 0
            for outcome in CallOutcome.allCases {
                for party in CallParty.allCases {
                    seed += 1
                    let call = try await Visitor(seed, room: "room-\(seed)").place(test.store)
                    let ended = try await test.store.failCall(
                        call.id, outcome: outcome, reason: nil, by: party, now: start + 1)
                    #expect(ended?.outcome == outcome)
                }
            }
            let summary = try await test.store.healthSummary(now: start + 2)
            #expect(summary.callsByOutcome.count == CallOutcome.allCases.count)
            #expect(summary.callsByOutcome.values.allSatisfy { $0 == CallParty.allCases.count })
        }
    }
}
