import Domain
import LibPQ
import Store
import Testing

@Suite(.timeLimit(.minutes(2)))
struct OutboxTests {
    /// Whatever became of it: numbered from 1 without a gap, one terminal event, which is the last, and nothing left untold.
    private func check(_ call: CallID, _ test: TestStore, _ types: [String], source: SourceLocation = #_sourceLocation) async throws {
        let told = try await test.told(of: call)
        #expect(told.map(\.type) == types, sourceLocation: source)
        #expect(told.map(\.sequence) == Array(1...max(1, told.count)), sourceLocation: source)
        let terminal = told.filter { ["call.ended", "call.blocked"].contains($0.type) }
        #expect(terminal.count <= 1 && (terminal.isEmpty || terminal.last == told.last), sourceLocation: source)
        #expect(told.allSatisfy { $0.data.call.id == call.text }, sourceLocation: source)
        #expect(try await test.count("SELECT count(*) FROM calls WHERE published_state IS DISTINCT FROM state") == 0, sourceLocation: source)
    }

    @Test("The life of a call is told step by step, with what is known at each")
    func life() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try await Visitor(1).place(test.store)
            try await bridge.take(call, from: test.store)
            for event in bridge.life(of: call) { try await bridge.send(event, to: test.store) }
            try await check(call.id, test, ["call.queued", "call.dialling", "call.ringing", "call.answered", "call.ended"])
            let told = try await test.told(of: call.id)
            #expect(told.map(\.data.call.state) == ["queued", "dialling", "ringing", "answered", "ended"])
            #expect(told[1].data.call.dialling_at == "2026-01-01T00:00:01Z" && told[1].timestamp == "2026-01-01T00:00:01Z")
            #expect(told[3].data.call.attempts == nil)
            let end = told[4].data.call
            #expect(end.outcome == "completed" && end.ended_by == "phone" && end.sip_status == 200 && end.attempts == [])
            #expect(end.number == "600")
        }
    }

    @Test("A call whose books were closed before the bridge spoke of its end tells no quality")
    func lateQuality() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try await Visitor(1).place(test.store)
            try await bridge.take(call, from: test.store)
            try await bridge.send(bridge.event(call, .callAnswered(room: call.room)), to: test.store)
            _ = try await test.store.endCalls(ofLostBridge: bridge.id, now: start)
            let quality = CallQuality(packetsReceived: 9, packetsLost: 0, jitterMilliseconds: 3, packetsSent: 9)
            let ending = CallEnding(outcome: .completed, by: .phone, detail: "It ended.", talkSeconds: 20, quality: quality)
            try await bridge.send(bridge.event(call, .callEnded(room: call.room, ending)), to: test.store)
            try await check(call.id, test, ["call.queued", "call.answered", "call.ended"])
        }
    }

    @Test("What was tried is in the terminal event")
    func attempts() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try await Visitor(1).place(test.store)
            for detail in ["The first was down.", "The second was busy."] {
                let attempt = CallAttempt(
                    trunk: TrunkID("tr_4194b9eab3de"), startedAt: start, endedAt: start + 9, sipStatus: 503, q850Cause: nil, detail: detail)
                try await bridge.send(bridge.event(call, .callAttempted(room: call.room, attempt)), to: test.store)
            }
            try await bridge.send(bridge.event(call, .ended(call, .busy), at: start + 10), to: test.store)
            try await check(call.id, test, ["call.queued", "call.ended"])
            #expect(
                try await test.told(of: call.id).last?.data.call.attempts?.map(\.detail) == ["The first was down.", "The second was busy."])
        }
    }

    @Test("No way that a call can end is forgotten")
    func everyEnd() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            func call(_ number: UInt64) async throws -> CallSnapshot { try await Visitor(number, room: "room-\(number)").place(test.store) }

            let refused = try #require(try await Visitor(1, room: "room-1").dial(test.store, "699").call)
            try await check(refused.id, test, ["call.ended"])

            let guarded = try #require(try await Visitor(8, room: "room-8").dial(test.store, "+4930901820").call)
            try await check(guarded.id, test, ["call.blocked"])
            let told = try #require(try await test.told(of: guarded.id).first)
            #expect(told.data.call.refusal?.rule == guarded.refusal?.rule.rawValue && told.data.call.refusal != nil)

            let blocked = try await call(2)
            _ = try await test.store.failCall(blocked.id, outcome: .blocked, reason: nil, by: .system, now: start)
            try await check(blocked.id, test, ["call.queued", "call.blocked"])

            let failed = try await call(3)
            _ = try await test.store.failCall(failed.id, outcome: .cancelled, reason: nil, by: .user, now: start)
            _ = try await test.store.failCall(failed.id, outcome: .cancelled, reason: nil, by: .user, now: start)
            try await check(failed.id, test, ["call.queued", "call.ended"])

            let expired = try await call(4)
            let unconfirmed = try await call(5)
            try await bridge.take(unconfirmed, from: test.store)
            _ = try await test.store.expireQueued(bridge: "b1", isUpToDate: true, now: start + 60_000)
            try await check(expired.id, test, ["call.queued", "call.ended"])
            try await check(unconfirmed.id, test, ["call.queued", "call.ended"])

            let lost = try await call(6)
            try await bridge.take(lost, from: test.store)
            try await bridge.send(bridge.event(lost, .callAnswered(room: lost.room)), to: test.store)
            _ = try await test.store.endCalls(ofLostBridge: bridge.id, now: start)
            try await bridge.send(bridge.event(lost, .ended(lost, .completed)), to: test.store)
            try await check(lost.id, test, ["call.queued", "call.answered", "call.ended"])

            let restarted = try await call(7)
            try await bridge.take(restarted, from: test.store)
            try await Bridge(epoch: 2).hello(test.store)
            try await check(restarted.id, test, ["call.queued", "call.ended"])
            #expect(try await test.told(of: restarted.id).last?.data.call.outcome == "internal_error")
        }
    }

    @Test("In any order, and each sent three times, the events are told once, in rising states, and end with the terminal one")
    func anyOrder() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            for seed in 0..<24 as Range<UInt64> {
                var bridge = Bridge()
                bridge.id = "bridge-\(seed)"
                try await bridge.hello(test.store)
                let call = try await Visitor(seed, room: "room-\(seed)").place(test.store)
                var generator = SeededGenerator(seed: seed)
                let life = bridge.life(of: call)
                for event in (life + life + life).shuffled(using: &generator) { try await bridge.send(event, to: test.store) }
                let told = try await test.told(of: call.id)
                try await check(call.id, test, told.map(\.type))
                let states = told.map { CallState(rawValue: $0.data.call.state) ?? .queued }
                #expect(states == states.sorted() && Set(states).count == states.count && states.last == .ended)
            }
        }
    }

    @Test("Early media alone is no event")
    func earlyMedia() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try await Visitor(1).place(test.store)
            try await bridge.send(bridge.event(call, .callRinging(room: call.room, earlyMedia: false)), to: test.store)
            try await bridge.send(bridge.event(call, .callRinging(room: call.room, earlyMedia: true)), to: test.store)
            #expect(try await test.store.call(call.id)?.earlyMedia == true)
            try await check(call.id, test, ["call.queued", "call.ringing"])
        }
    }

    @Test("What is rolled back is not told")
    func rolledBack() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try await Visitor(1).place(test.store)
            let bad = bridge.event(call, .callAnswered(room: call.room), at: .max)
            let (id, epoch) = (bridge.id, bridge.epoch)
            await #expect(throws: StoreError.self) { try await test.store.apply(bad, bridge: id, epoch: epoch, now: start) }
            try await check(call.id, test, ["call.queued"])
        }
    }

    @Test("Nothing is written for nobody, and the numbers go on all the same")
    func nobody() async throws {
        try await TestStore.with { test in
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try await Visitor(1).place(test.store)
            let life = bridge.life(of: call)
            try await bridge.send(life[0], to: test.store)
            #expect(try await test.count("SELECT count(*) FROM webhook_events") == 0)
            let late = try await Receiver.make(test.store)
            let picky = try await Receiver.make(test.store, events: [.type(.callEnded)])
            for event in life.dropFirst() { try await bridge.send(event, to: test.store) }
            #expect(try await test.told(of: call.id).map(\.sequence) == [3, 4, 5])
            let page = try await test.store.deliveries(to: picky.id, PageRequest())
            #expect(page?.entries.map(\.type) == ["call.ended"] && page?.entries.first?.sequence == 5)
            #expect(try await test.store.deliveries(to: late.id, PageRequest())?.entries.count == 3)
        }
    }

    @Test("Calls end while endpoints are deleted beside them, and none fails for it")
    func deletedBeside() async throws {
        try await TestStore.with(connections: 8) { test in
            let calls = try await atOnce(20) { number in try await Visitor(UInt64(number), room: "room-\(number)").place(test.store) }
            let receivers = try await atOnce(20) { _ in try await Receiver.make(test.store) }
            try await withThrowingTaskGroup { group in
                for (call, receiver) in zip(calls, receivers) {
                    group.addTask {
                        _ = try await test.store.failCall(call.id, outcome: .cancelled, reason: nil, by: .user, now: start)
                    }
                    group.addTask {
                        let deleted = try await test.store.deleteWebhook(receiver.id, if: .any)
                        #expect(deleted == .changed(receiver.id))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await test.count("SELECT count(*) FROM calls WHERE state = 'ended'") == 20)
            #expect(try await test.count("SELECT count(*) FROM webhook_deliveries") == 0)
        }
    }
}
