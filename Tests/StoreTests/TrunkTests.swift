import Domain
import LibPQ
import Store
import Testing

@Suite(.timeLimit(.minutes(2)))
struct TrunkTests {
    private static func settings(_ name: String = "Carrier", host: String = "sip.example.com") throws -> TrunkSettings {
        TrunkSettings(name: try #require(ShortLabel(name)), host: try #require(HostName(host)))
    }

    private static func full() throws -> TrunkPatch {
        var patch = TrunkPatch()
        patch.port = 5070
        patch.username = .set(try #require(DigestUsername("ringlink")))
        patch.password = .set(try #require(TrunkPassword("trunk-secret")))
        patch.fromUser = .set(try #require(SIPUser("sales")))
        patch.callerIDs = [try #require(E164Number("+4930901820")), try #require(E164Number("+4930901821"))]
        patch.priority = 3
        patch.maximumCalls = .set(12)
        patch.maximumOutgoingCalls = .set(9)
        patch.callsPerSecond = .set(4)
        patch.rewriting = NumberRewriting([try #require(NumberRewriting.Rule(match: "+49", strip: 3, prepend: "0"))])
        patch.optionsInterval = .set(60)
        patch.prefixes = [try #require(NumberPrefix("+49")), try #require(NumberPrefix("+43"))]
        patch.codecs = [.pcma, .pcmu]
        patch.latchesRTP = true
        return patch
    }

    @discardableResult
    private func create(_ store: Store, _ settings: TrunkSettings, _ patch: TrunkPatch = TrunkPatch(), at: Int64 = start) async throws -> Trunk {
        var generator = SystemRandomNumberGenerator()
        guard case .done(let trunk) = try await store.createTrunk(settings, patch, now: at, generator: &generator) else { throw Unexpected() }
        return trunk
    }

    private func update(
        _ store: Store, _ id: TrunkID, if condition: VersionCondition = .any, _ change: (inout TrunkPatch) -> Void
    ) async throws -> TrunkChange {
        var patch = TrunkPatch()
        change(&patch)
        var generator = SystemRandomNumberGenerator()
        return try await store.updateTrunk(id, patch, if: condition, now: start + 1_000, generator: &generator)
    }

    @Test("A trunk comes back as it was made, and the bridge gets its password")
    func roundTrip() async throws {
        try await TestStore.with { test in
            let trunk = try await create(test.store, try Self.settings(), try Self.full())
            #expect(try await test.store.trunk(trunk.id) == trunk)
            #expect(trunk.version == 1 && trunk.createdAt == start)
            let setup = try await test.store.bridgeSetup()
            #expect(
                setup.trunks == [
                    TrunkSetup(
                        id: trunk.id, name: "Carrier", host: "sip.example.com", port: 5070, username: "ringlink", password: "trunk-secret",
                        fromUser: "sales", callerIDs: ["+4930901820", "+4930901821"], maximumCalls: 9, callsPerSecond: 4,
                        rewriting: NumberRewriting([try #require(NumberRewriting.Rule(match: "+49", strip: 3, prepend: "0"))]),
                        codecs: [.pcma, .pcmu], latchesRTP: true, optionsInterval: 60)
                ])
        }
    }

    @Test("The password is nowhere in the database, and another installation's key does not open it")
    func sealed() async throws {
        try await TestStore.with { test in
            let trunk = try await create(test.store, try Self.settings(), try Self.full())
            let dump = try await test.sql { transaction throws(PostgresError) in
                try transaction.row("SELECT schema_to_xml(current_schema(), true, false, '')::text AS dump") { row throws(PostgresError) in
                    try row.value("dump", as: String.self)
                } ?? ""
            }
            #expect(dump.contains(trunk.id.text) && !dump.contains("trunk-secret"))
            // bytea appears in hex or in base64, by a setting of the server.
            #expect(!dump.contains(HexDigits.encode(Array("trunk-secret".utf8))) && !dump.contains("dHJ1bmstc2VjcmV0"))
            let stranger = try await TestStore.open(test.conninfo, secret: 8)
            let error = await #expect(throws: StoreError.self) { try await stranger.bridgeSetup() }
            #expect(error?.code == .secretUnreadable && error?.message.contains("trunk-secret") == false)
            await stranger.close()
        }
    }

    @Test("A change keeps what it does not name, counts the version, and happens only at the expected one")
    func change() async throws {
        try await TestStore.with { test in
            let trunk = try await create(test.store, try Self.settings(), try Self.full())
            guard case .done(let moved) = try await update(test.store, trunk.id, if: .oneOf([1]), { $0.host = HostName("192.0.2.7") }) else {
                throw Unexpected()
            }
            #expect(moved.version == 2 && moved.settings.host.text == "192.0.2.7" && moved.settings.maximumCalls == 12)
            #expect(moved.createdAt == start && moved.updatedAt == start + 1_000)
            #expect(try await test.store.trunk(trunk.id) == moved)
            #expect(try await test.store.bridgeSetup().trunks.first?.password == "trunk-secret")
            #expect(try await update(test.store, trunk.id, if: .oneOf([1])) { $0.priority = 0 } == .outdated)
            #expect(try await test.store.trunk(trunk.id) == moved)

            guard case .done(let open) = try await update(test.store, trunk.id, { $0.username = .clear }) else { throw Unexpected() }
            #expect(open.settings.username == nil)
            #expect(try await test.store.bridgeSetup().trunks.first?.password == nil)
            #expect(try await update(test.store, trunk.id) { $0.username = .set(DigestUsername("again")!) } == .refused(.passwordMissing))
            #expect(try await update(test.store, TrunkID("tr_ffffffffffff")!) { _ in } == .missing)
        }
    }

    @Test("A trunk that is switched off or deleted is not told to the bridge")
    func removed() async throws {
        try await TestStore.with { test in
            let trunk = try await create(test.store, try Self.settings())
            _ = try await update(test.store, trunk.id) { $0.isEnabled = false }
            #expect(try await test.store.bridgeSetup().trunks.isEmpty)
            #expect(try await test.store.deleteTrunk(trunk.id, if: .oneOf([1])) == .outdated)
            #expect(try await test.store.deleteTrunk(trunk.id, if: .oneOf([2])) == .changed(trunk.id))
            #expect(try await test.store.deleteTrunk(trunk.id) == .missing)
            #expect(try await test.store.trunk(trunk.id) == nil)
        }
    }

    @Test("Every change of a trunk or an extension grows the version that the bridge knows, also many at once")
    func versions() async throws {
        try await TestStore.with(connections: 8) { test in
            let before = try await test.store.setupVersion()
            let trunk = try await create(test.store, try Self.settings())
            #expect(try await test.store.setupVersion() == before + 1)
            try await withThrowingTaskGroup { group in
                for index in 0..<20 { group.addTask { _ = try await update(test.store, trunk.id) { $0.priority = index } } }
                try await group.waitForAll()
            }
            #expect(try await test.store.setupVersion() == before + 21)
            #expect(try await test.store.trunk(trunk.id)?.version == 21)
            let setup = try await test.store.bridgeSetup()
            #expect(setup.version == before + 21)
            #expect(try await update(test.store, trunk.id, if: .oneOf([1])) { _ in } == .outdated)
            #expect(try await test.store.setupVersion() == before + 21)
        }
    }

    @Test("Pages hold every trunk once, newest first, also those of one moment and when one is deleted between")
    func pages() async throws {
        try await TestStore.with { test in
            for index in 0..<7 { try await create(test.store, try Self.settings("Trunk \(index)"), at: start + Int64(index / 3)) }
            var seen: [Trunk] = []
            var page = try await test.store.trunks(PageRequest(limit: 3))
            seen += page.entries
            _ = try await test.store.deleteTrunk(try #require(page.entries.last?.id))
            while let next = page.next {
                let cursor = try #require(PageCursor(next.text))
                page = try await test.store.trunks(PageRequest(limit: 3, after: cursor))
                seen += page.entries
            }
            #expect(seen.count == 7 && Set(seen.map(\.id)).count == 7)
            #expect(seen.map(\.createdAt) == seen.map(\.createdAt).sorted(by: >))
            #expect(try await test.store.trunks(PageRequest(limit: 6)).next == nil)
        }
    }

    @Test("There is a limit")
    func limit() async throws {
        try await TestStore.with { test in
            for index in 0..<Trunk.limit { try await create(test.store, try Self.settings("Trunk \(index)")) }
            var generator = SystemRandomNumberGenerator()
            #expect(try await test.store.createTrunk(try Self.settings(), TrunkPatch(), now: start, generator: &generator) == .full)
        }
    }

    @Test("A dial goes over the trunks that can carry it, equals in turn, and a pinned one alone")
    func routing() async throws {
        try await TestStore.with { test in
            try await test.allow("+4930")
            let first = try await create(test.store, try Self.settings("One"))
            let second = try await create(test.store, try Self.settings("Two"))
            var patch = TrunkPatch()
            patch.prefixes = [try #require(NumberPrefix("+1"))]
            patch.priority = 1
            let american = try await create(test.store, try Self.settings("Three"), patch)

            func trunks(_ visitor: UInt64, pinned: TrunkID? = nil) async throws -> [TrunkID]? {
                let verdict = try await Visitor(visitor, room: "room-\(visitor)").dial(test.store, "+4930901820", trunk: pinned)
                guard case .placed(let call, let command) = verdict, case .trunks(let route) = command.target else { return nil }
                #expect(call.label == "+493•••••820" && route.number == "+4930901820" && command.ringSeconds == 60)
                return route.trunks
            }
            let orders = [try await trunks(1), try await trunks(2)]
            #expect(Set(orders.map { Set($0 ?? []) }) == [[first.id, second.id]])
            #expect(orders[0] != orders[1])
            #expect(try await trunks(3, pinned: second.id) == [second.id])
            #expect(try await trunks(4, pinned: american.id) == nil)

            for (index, (pinned, code)) in [(american.id, ProblemCode.trunkCannotCarry), (first.id, .trunkDisabled)].enumerated() {
                _ = try await update(test.store, first.id) { $0.isEnabled = false }
                let verdict = try await Visitor(10 + UInt64(index), room: "refused-\(index)").dial(test.store, "+4930901820", trunk: pinned)
                #expect(verdict.call?.outcome == .trunkUnavailable && verdict.call?.reason?.code == code.rawValue)
            }
        }
    }
}
