import Domain
import LibPQ
import Store
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ExtensionTests {
    private func create(_ store: Store, _ number: String, password: String = "correct-horse") async throws -> ExtensionCreation {
        var generator = SystemRandomNumberGenerator()
        return try await store.createExtension(
            try #require(ExtensionNumber(number)), displayName: try #require(ShortLabel("Reception")),
            password: try #require(ExtensionPassword(password)), now: start, generator: &generator)
    }

    private func made(_ store: Store, _ number: String) async throws -> PhoneExtension {
        guard case .created(let made) = try await create(store, number) else { throw Unexpected() }
        return made
    }

    @Test("The bridge gets the hashes of an extension, and nobody its password")
    func roundTrip() async throws {
        try await TestStore.with { test in
            let reception = try await made(test.store, "610")
            #expect(try await test.store.extension(reception.id) == reception)
            let secret = DigestSecret(number: reception.number, realm: "ringlink", password: try #require(ExtensionPassword("correct-horse")))
            #expect(
                try await test.store.bridgeSetup().extensions == [
                    ExtensionSetup(
                        number: "610", displayName: "Reception", realm: "ringlink", md5HA1: secret.md5HA1, sha256HA1: secret.sha256HA1)
                ])
            let dump = try await test.sql { transaction throws(PostgresError) in
                try transaction.row("SELECT md5_ha1::text || sha256_ha1::text AS dump FROM extensions") { row throws(PostgresError) in
                    try row.value("dump", as: String.self)
                } ?? ""
            }
            for shown in ["correct-horse", secret.md5HA1, secret.sha256HA1] {
                #expect(!dump.contains(shown) && !dump.contains(HexDigits.encode(Array(shown.utf8))))
            }
        }
    }

    @Test("Digits belong to one, whoever comes first, also at the same moment")
    func taken() async throws {
        try await TestStore.with(connections: 8) { test in
            #expect(try await create(test.store, "600") == .digitsTaken)
            let results = try await withThrowingTaskGroup { group in
                for _ in 0..<10 { group.addTask { try await create(test.store, "610") } }
                return try await group.reduce(into: [ExtensionCreation]()) { $0.append($1) }
            }
            #expect(results.count { $0 == .digitsTaken } == 9)
            // A virtual number cannot take an extension's digits either.
            let error = await #expect(throws: PostgresError.self) {
                try await test.sql { transaction throws(PostgresError) in
                    _ = try transaction.execute("INSERT INTO numbers (number, label, mode, public) VALUES ('610', 'Echo', 'echo', true)")
                }
            }
            #expect(error?.isUniqueViolation == true)
        }
    }

    @Test("A name and a password change, the number stays, and only at the expected version")
    func change() async throws {
        try await TestStore.with { test in
            let reception = try await made(test.store, "610")
            let before = try await test.store.bridgeSetup()
            var generator = SystemRandomNumberGenerator()
            let renamed = try await test.store.updateExtension(
                reception.id, displayName: ShortLabel("Front desk"), password: nil, if: .oneOf([1]), now: start + 5, generator: &generator)
            guard case .changed(let row) = renamed else { throw Unexpected() }
            #expect(row.version == 2 && row.displayName.text == "Front desk" && row.updatedAt == start + 5)
            let after = try await test.store.bridgeSetup()
            #expect(after.version == before.version + 1 && after.extensions.first?.md5HA1 == before.extensions.first?.md5HA1)

            let again = try await test.store.updateExtension(
                reception.id, displayName: nil, password: ExtensionPassword("battery-staple"), now: start + 6, generator: &generator)
            guard case .changed(let rekeyed) = again else { throw Unexpected() }
            #expect(rekeyed.displayName.text == "Front desk" && rekeyed.version == 3)
            #expect(try await test.store.bridgeSetup().extensions.first?.md5HA1 != before.extensions.first?.md5HA1)
            let late = try await test.store.updateExtension(
                reception.id, displayName: nil, password: nil, if: .oneOf([1]), now: start, generator: &generator)
            #expect(late == .outdated)
            #expect(try await test.store.deleteExtension(reception.id) == .changed(reception.id))
            #expect(try await test.store.deleteExtension(reception.id) == .missing)
        }
    }

    @Test("A dial to an extension goes to its phones, under its name")
    func routing() async throws {
        try await TestStore.with { test in
            _ = try await made(test.store, "610")
            guard case .placed(let call, let command) = try await Visitor(1).dial(test.store, "610") else { throw Unexpected() }
            #expect(command.target == .registered(extension: "610") && call.label == "Reception" && command.label == "Reception")
        }
    }

    @Test("A signing key's secret opens again, and only its own row's")
    func signingKeys() async throws {
        try await TestStore.with { test in
            var generator = SystemRandomNumberGenerator()
            let first = try await test.store.createSigningKey(name: try #require(ShortLabel("CRM")), now: start, generator: &generator)
            let second = try await test.store.createSigningKey(name: try #require(ShortLabel("CRM 2")), now: start + 1, generator: &generator)
            #expect(first.secret.count == 32 && first.secret != second.secret)
            #expect(try await test.store.signingKey(first.key.id)?.secret == first.secret)
            #expect(try await test.store.revokeSigningKey(first.key.id, now: start + 9))
            #expect(try await test.store.revokeSigningKey(first.key.id, now: start + 99))
            #expect(try await test.store.signingKey(first.key.id)?.key.revokedAt == start + 9)
            #expect(try await test.store.revokeSigningKey(SigningKeyID("sk_ffffffffffff")!, now: start) == false)
            #expect(try await test.store.signingKeys(PageRequest()).entries.map(\.id) == [second.key.id, first.key.id])
            try await test.sql { transaction throws(PostgresError) in
                _ = try transaction.execute(
                    "UPDATE signing_keys SET secret = (SELECT secret FROM signing_keys WHERE id = $1) WHERE id = $2", .text(second.key.id.text),
                    .text(first.key.id.text))
            }
            let error = await #expect(throws: StoreError.self) { try await test.store.signingKey(first.key.id) }
            #expect(error?.code == .secretUnreadable)
        }
    }
}
