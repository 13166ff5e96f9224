import Domain
import LibPQ
import Store
import Testing

@Suite(.timeLimit(.minutes(2)))
struct TrunkHealthTests {
    private static let up = TrunkCheck(at: start + 1_000, status: 200, roundTripMicroseconds: 900)
    private static let down = TrunkCheck(at: start + 2_000, obstacle: .noAnswer)

    private func create(_ store: Store, _ name: String = "Carrier", priority: Int = 10) async throws -> TrunkID {
        var generator = SystemRandomNumberGenerator()
        var patch = TrunkPatch()
        patch.priority = priority
        let settings = TrunkSettings(name: try #require(ShortLabel(name)), host: try #require(HostName("sip.example.com")))
        guard case .done(let trunk) = try await store.createTrunk(settings, patch, now: start, generator: &generator) else { throw Unexpected() }
        return trunk.id
    }

    private func change(_ store: Store, _ id: TrunkID, _ change: (inout TrunkPatch) -> Void) async throws {
        var patch = TrunkPatch()
        change(&patch)
        var generator = SystemRandomNumberGenerator()
        guard case .done = try await store.updateTrunk(id, patch, now: start, generator: &generator) else { throw Unexpected() }
    }

    /// The type and the sequence of each event in the outbox about a trunk, in their order.
    private func told(_ test: TestStore, of trunk: TrunkID) async throws -> [String] {
        try await test.sql { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT type || ' ' || sequence || ' ' || coalesce(body::jsonb #>> '{data,trunk,reason,code}', '') AS line
                  FROM webhook_events WHERE subject = $1 ORDER BY created_at, sequence
                """, .text(trunk.text)
            ) { row throws(PostgresError) in try row.value("line", as: String.self) }
        }
    }

    @Test("A trunk that goes down and comes up again is told once each, however often the bridge says so")
    func told() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let trunk = try await create(test.store)
            #expect(try await test.store.trunkHealth() == TrunkHealthSummary(up: 0, down: 0, unknown: 1, disabled: 0))
            #expect(try await test.store.trunkHealth().enabled == 1)
            let first = bridge.event(.trunk(trunk), .trunkUp(Self.up))
            #expect(try await bridge.send(first, to: test.store).isNew)
            #expect(try await bridge.send(first, to: test.store).isNew == false)
            #expect(try await test.store.trunkHealth().up == 1)
            try await bridge.send(bridge.event(.trunk(trunk), .trunkDown(Self.down)), to: test.store)
            #expect(try await test.store.trunkHealth() == TrunkHealthSummary(up: 0, down: 1, unknown: 0, disabled: 0))

            // The bridge has started anew and finds what was known.
            bridge = Bridge(epoch: 2)
            try await bridge.hello(test.store)
            try await bridge.send(bridge.event(.trunk(trunk), .trunkDown(Self.down)), to: test.store)
            try await bridge.send(bridge.event(.trunk(trunk), .trunkUp(Self.up)), to: test.store)
            #expect(try await told(test, of: trunk) == ["trunk.up 1 ", "trunk.down 2 no_answer", "trunk.up 3 "])
        }
    }

    @Test("What is told of a trunk that is gone, or switched off, is nobody's concern, and holds nothing up")
    func gone() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let (gone, off) = (try await create(test.store, "Gone"), try await create(test.store, "Off"))
            try await bridge.send(bridge.event(.trunk(gone), .trunkUp(Self.up)), to: test.store)
            _ = try await test.store.deleteTrunk(gone)
            try await change(test.store, off) { $0.isEnabled = false }
            for trunk in [gone, off] {
                let applied = try await bridge.send(bridge.event(.trunk(trunk), .trunkDown(Self.down)), to: test.store)
                #expect(applied.isNew && applied.call == nil && !applied.mustHangUp)
            }
            #expect(try await told(test, of: off).isEmpty)
            #expect(try await test.store.trunkHealth() == TrunkHealthSummary(up: 0, down: 0, unknown: 0, disabled: 1))
            #expect(try await test.count("SELECT count(*) FROM bridge_events_parked") == 0)
        }
    }

    @Test("A trunk that moves is unknown until it was asked again; one that is renamed is not")
    func moved() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let trunk = try await create(test.store)
            try await bridge.send(bridge.event(.trunk(trunk), .trunkUp(Self.up)), to: test.store)
            try await change(test.store, trunk) { $0.priority = 3 }
            #expect(try await test.store.trunkHealth().up == 1)
            try await change(test.store, trunk) { $0.host = HostName("192.0.2.7") }
            #expect(try await test.store.trunkHealth() == TrunkHealthSummary(up: 0, down: 0, unknown: 1, disabled: 0))
            try await bridge.send(bridge.event(.trunk(trunk), .trunkUp(Self.up)), to: test.store)
            #expect(try await told(test, of: trunk) == ["trunk.up 1 ", "trunk.up 2 "])
        }
    }

    @Test("A trunk that no bridge reaches is chosen last")
    func chosenLast() async throws {
        try await TestStore.with { test in
            try await test.allow("+4930")
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let best = try await create(test.store, "Best", priority: 1)
            let other = try await create(test.store, "Other", priority: 2)
            func order(_ visitor: UInt64) async throws -> [TrunkID]? {
                let verdict = try await Visitor(visitor, room: "room-\(visitor)").dial(test.store, "+4930901820")
                guard case .placed(_, let command) = verdict, case .trunks(let route) = command.target else { return nil }
                return route.trunks
            }
            #expect(try await order(1) == [best, other])
            try await bridge.send(bridge.event(.trunk(best), .trunkDown(Self.down)), to: test.store)
            #expect(try await order(2) == [other, best])

            // Another bridge reaches it: whose call it is decides by itself.
            var second = Bridge()
            second.id = "bridge-2"
            try await second.hello(test.store, at: start + 1_000)
            try await second.send(second.event(.trunk(best), .trunkUp(Self.up)), to: test.store)
            #expect(try await order(3) == [best, other])
            #expect(try await test.store.trunkHealth().down == 1)
        }
    }
}
