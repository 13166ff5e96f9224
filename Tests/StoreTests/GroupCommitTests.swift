import Domain
import LibPQ
import Store
import Testing

@Suite("Links that are minted at once", .timeLimit(.minutes(2)))
struct GroupCommitTests {
    @Test("A hundred that come at once are all there, in fewer transactions than requests")
    func together() async throws {
        try await TestStore.with { test in
            let store = test.store
            let ids = try await withThrowingTaskGroup(of: [LinkID].self) { group in
                for seed in 0..<100 {
                    group.addTask {
                        var generator = SeededGenerator(seed: UInt64(seed))
                        let wish = LinkWish(link: RoomLink(room: nil, dial: try DialTarget(parsing: "+4930\(1_000_000 + seed)")))
                        guard case .minted(let links) = try await store.mint([wish], now: start, generator: &generator) else { return [] }
                        return links.map(\.id)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(ids).count == 100)
            #expect(try await test.count("SELECT count(*) AS count FROM links") == 100)
            #expect(try await test.count("SELECT count(DISTINCT xmin::text) AS count FROM links") < 100)
        }
    }

    @Test("One that cannot be stored fails alone, whoever is written with it")
    func failing() async throws {
        try await TestStore.with { test in
            let store = test.store
            let results = await withTaskGroup(of: Bool.self) { group in
                for seed in 0..<40 {
                    group.addTask {
                        var generator = SeededGenerator(seed: UInt64(seed))
                        // A NUL cannot be stored.
                        let wish = LinkWish(link: RoomLink(room: nil, dial: nil), note: seed % 10 == 3 ? "a\u{0}b" : "fine")
                        return (try? await store.mint([wish], now: start, generator: &generator)) != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(results == 36)
            let stored = try await test.count("SELECT count(*) AS count FROM links WHERE note = 'fine'")
            #expect(stored == 36)
        }
    }
}
