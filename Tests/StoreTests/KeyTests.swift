import Domain
import LibPQ
import Store
import Testing

@Suite(.timeLimit(.minutes(2)))
struct KeyTests {
    private let scopes = ["calls:read", "with \"quotes\", {braces} and \\"]

    @Test("A key opens until it expires or is revoked")
    func verify() async throws {
        try await TestStore.with { test in
            var generator = SeededGenerator(seed: 1)
            #expect(try await test.store.hasAnyKey() == false)
            let (secret, key) = try await test.store.createKey(
                name: "CRM's \u{1F4DE}", scopes: scopes, expiresAt: start + 10, now: start, generator: &generator)
            #expect(try await test.store.hasAnyKey())
            #expect(try await test.store.verifyKey(secret.text, now: start + 9) == key)
            #expect(try await test.store.verifyKey(secret.text, now: start + 10) == nil)

            let (lasting, other) = try await test.store.createKey(name: "", scopes: [], now: start, generator: &generator)
            #expect(try await test.store.verifyKey(lasting.text, now: start * 2) == other)
            #expect(try await test.store.revokeKey(other.id, now: start + 1))
            #expect(try await test.store.revokeKey(other.id, now: start + 1) == false)
            #expect(try await test.store.verifyKey(lasting.text, now: start + 2) == nil)
        }
    }

    @Test("A key that another process has revoked opens for a second at most, one that is rotated here with its old secret for the overlap only")
    func recently() async throws {
        try await TestStore.with { test in
            var generator = SeededGenerator(seed: 7)
            let (secret, key) = try await test.store.createKey(name: "CRM", scopes: scopes, now: start, generator: &generator)
            #expect(try await test.store.verifyKey(secret.text, now: start) == key)
            try await test.sql { transaction throws(PostgresError) in
                _ = try transaction.execute("UPDATE api_keys SET revoked_at = now() WHERE id = $1", .text(key.id.text))
            }
            #expect(try await test.store.verifyKey(secret.text, now: start + 999)?.id == key.id)
            #expect(try await test.store.verifyKey(secret.text, now: start + 1_000) == nil)
            #expect(try await test.store.verifyKey(secret.text, now: start + 999) == nil)

            let (old, other) = try await test.store.createKey(name: "", scopes: [], now: start, generator: &generator)
            #expect(try await test.store.verifyKey(old.text, now: start)?.id == other.id)
            let rotated = try #require(try await test.store.rotateKey(other.id, overlapEnds: start + 300, now: start, generator: &generator))
            for secret in [old, rotated.secret] { #expect(try await test.store.verifyKey(secret.text, now: start + 299)?.id == other.id) }
            #expect(try await test.store.verifyKey(old.text, now: start + 300) == nil)
            #expect(try await test.store.verifyKey(rotated.secret.text, now: start + 300)?.id == other.id)
        }
    }

    @Test("The secret is nowhere in the database, nor in its own description")
    func hashed() async throws {
        try await TestStore.with { test in
            var generator = SeededGenerator(seed: 2)
            let (secret, key) = try await test.store.createKey(name: "CRM", scopes: [], now: start, generator: &generator)
            let dump = try await test.sql { transaction throws(PostgresError) in
                try transaction.row("SELECT schema_to_xml(current_schema(), true, false, '')::text AS dump") {
                    row throws(PostgresError) in try row.value("dump", as: String.self)
                } ?? ""
            }
            #expect(dump.contains(key.id.text))
            #expect(!dump.contains(secret.text.dropFirst(3)))
            #expect(!"\(secret)".contains(secret.text.dropFirst(3)))
        }
    }

    @Test(
        "What is not a key opens nothing",
        arguments: ["", "ak_", "ak_00000000000000000000000000000000", "ky_000000000000", "ak_\u{0}", "' OR true --"])
    func wrong(_ secret: String) async throws {
        try await TestStore.with { test in
            var generator = SeededGenerator(seed: 3)
            _ = try await test.store.createKey(name: "CRM", scopes: [], now: start, generator: &generator)
            #expect(try await test.store.verifyKey(secret, now: start) == nil)
        }
    }

    @Test("A name that cannot be stored is refused")
    func unstorable() async throws {
        try await TestStore.with { test in
            let error = await #expect(throws: StoreError.self) {
                var generator = SeededGenerator(seed: 4)
                _ = try await test.store.createKey(name: "a\u{0}b", scopes: [], now: start, generator: &generator)
            }
            #expect(error?.code == .invalidValue)
            let hasAny = try await test.store.hasAnyKey()
            #expect(!hasAny)
        }
    }

    @Test("Of two installations that make a first key on one empty database at once, one does, and its key opens")
    func firstKey() async throws {
        try await TestStore.with { test in
            let store = test.store
            let secrets = (0..<8).map { seed in
                var generator = SeededGenerator(seed: UInt64(100 + seed))
                return APIKeySecret(random: &generator)
            }
            let accepted: [APIKeySecret] = try await withThrowingTaskGroup(of: APIKeySecret?.self) { group in
                for (seed, secret) in secrets.enumerated() {
                    group.addTask {
                        var generator = SeededGenerator(seed: UInt64(200 + seed))
                        return try await store.createFirstKey(secret, now: start, generator: &generator) ? secret : nil
                    }
                }
                return try await group.reduce(into: []) { found, secret in if let secret { found.append(secret) } }
            }
            #expect(accepted.count == 1)
            for secret in secrets {
                let key = try await store.verifyKey(secret.text, now: start)
                #expect((key != nil) == accepted.contains(where: { (one: APIKeySecret) in one.text == secret.text }))
                #expect(key == nil || key?.scopes == ["*"])
            }
            #expect(try await store.keys(PageRequest(limit: 10)).entries.count == 1)
        }
    }
}
