import Domain
import Store
import Testing

@Suite(.timeLimit(.minutes(2)))
struct IdempotencyTests {
    private func request(_ test: TestStore, key: String = "a-key", print: UInt8 = 1) async throws -> IdempotentRequest {
        let page = try await test.store.keys(PageRequest())
        var id = page.entries.first?.id
        if id == nil {
            var generator = SystemRandomNumberGenerator()
            id = try await test.store.createKey(name: "CRM", scopes: ["*"], now: start, generator: &generator).key.id
        }
        return IdempotentRequest(apiKey: try #require(id), key: key, fingerprint: [UInt8](repeating: print, count: 32))
    }

    @Test("A request is begun once, and its answer is given again until a day has passed")
    func answered() async throws {
        try await TestStore.with { test in
            let request = try await request(test)
            #expect(try await test.store.beginIdempotent(request, now: start) == .begun)
            #expect(try await test.store.beginIdempotent(request, now: start + 5) == .underWay(since: start))
            var generator = SystemRandomNumberGenerator()
            try await test.store.finishIdempotent(request, answer: Array("shown once".utf8), generator: &generator)
            let another = try await test.another()
            #expect(try await another.beginIdempotent(request, now: start + 9) == .answered(Array("shown once".utf8)))
            await another.close()
            #expect(try await test.count("SELECT count(*) FROM idempotent_requests WHERE position('shown once'::bytea in answer) > 0") == 0)
            #expect(try await test.store.beginIdempotent(request, now: start + IdempotentRequest.lifetime) == .begun)
        }
    }

    @Test("The same key for another request is refused, and keys of two programs do not meet")
    func other() async throws {
        try await TestStore.with { test in
            let first = try await request(test)
            #expect(try await test.store.beginIdempotent(first, now: start) == .begun)
            #expect(try await test.store.beginIdempotent(try await request(test, print: 2), now: start) == .otherRequest)
            var generator = SystemRandomNumberGenerator()
            let stranger = try await test.store.createKey(name: "B", scopes: [], now: start, generator: &generator).key.id
            let theirs = IdempotentRequest(apiKey: stranger, key: first.key, fingerprint: first.fingerprint)
            #expect(try await test.store.beginIdempotent(theirs, now: start) == .begun)
        }
    }

    @Test("Of thirty at once one is begun")
    func race() async throws {
        try await TestStore.with(connections: 8) { test in
            let request = try await request(test)
            let states = try await withThrowingTaskGroup { group in
                for _ in 0..<30 { group.addTask { try await test.store.beginIdempotent(request, now: start) } }
                return try await group.reduce(into: [IdempotentState]()) { $0.append($1) }
            }
            #expect(states.count { $0 == .begun } == 1)
            #expect(states.count { $0 == .underWay(since: start) } == 29)
        }
    }

    @Test("What was given up may be sent again, and what is old is forgotten")
    func forgotten() async throws {
        try await TestStore.with { test in
            let request = try await request(test)
            _ = try await test.store.beginIdempotent(request, now: start)
            try await test.store.abandonIdempotent(request)
            #expect(try await test.store.beginIdempotent(request, now: start + 1) == .begun)
            #expect(try await test.store.forgetIdempotent(now: start + IdempotentRequest.lifetime) == 0)
            #expect(try await test.store.forgetIdempotent(now: start + 1 + IdempotentRequest.lifetime) == 1)
        }
    }
}
