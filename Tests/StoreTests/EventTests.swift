import Domain
import Store
import Testing

@Suite(.timeLimit(.minutes(2)))
struct EventTests {
    @Test("The events of a call become its state, its times and its timeline")
    func life() async throws {
        try await TestStore.with { test in
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try await Visitor(1).place(test.store)
            var states: [CallState?] = []
            for event in bridge.life(of: call) {
                let applied = try await bridge.send(event, to: test.store)
                #expect(applied.isNew && !applied.isLate && !applied.mustHangUp)
                states.append(applied.call?.state)
            }
            #expect(states == [.dialling, .ringing, .answered, .ended])
            let ended = try #require(try await test.store.call(call.id))
            #expect(ended.outcome == .completed && ended.earlyMedia && ended.talkSeconds == 6 && ended.reason == nil)
            #expect(ended.answeredAt == start + 3_000 && ended.endedAt == start + 9_000)
            #expect(try await test.store.timeline(call.id).map(\.kind) == [.queued, .dialling, .ringing, .answered, .ended])
            #expect(
                try await test.count(
                    "SELECT count(*) FROM calls WHERE dialling_at < ringing_at AND ended_by = 'phone' AND sip_status = 200") == 1)
        }
    }

    @Test("An event that comes ten times at once is applied once")
    func once() async throws {
        try await TestStore.with { test in
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try await Visitor(1).place(test.store)
            let event = bridge.event(call, .callDialling(room: call.room))
            let applied = try await withThrowingTaskGroup { [bridge] group in
                for _ in 0..<10 { group.addTask { try await bridge.send(event, to: test.store) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(applied.count(where: \.isNew) == 1)
            #expect(applied.allSatisfy { $0.call?.state == .dialling && $0.acknowledged == 1 })
            #expect(try await test.store.timeline(call.id).map(\.kind) == [.queued, .dialling])
        }
    }

    @Test("In any order the events give the same end, all are kept, and the acknowledged position never skips one")
    func anyOrder() async throws {
        try await TestStore.with { test in
            for seed in 0..<24 as Range<UInt64> {
                var bridge = Bridge()
                bridge.id = "bridge-\(seed)"
                try await bridge.hello(test.store)
                let call = try await Visitor(seed, room: "room-\(seed)").place(test.store)
                var generator = SeededGenerator(seed: seed)
                var received: Set<UInt64> = []
                for event in bridge.life(of: call).shuffled(using: &generator) {
                    let applied = try await bridge.send(event, to: test.store)
                    received.insert(event.position)
                    #expect(applied.acknowledged == (1...4).prefix { received.contains($0) }.last ?? 0)
                }
                let ended = try #require(try await test.store.call(call.id))
                #expect(ended.state == .ended && ended.outcome == .completed && ended.endedAt == start + 9_000)
                let timeline = try await test.store.timeline(call.id)
                #expect(Set(timeline.map(\.kind)) == [.queued, .dialling, .ringing, .answered, .ended])
                #expect(try await bridge.hello(test.store).acknowledged == 4)
            }
        }
    }

    @Test("Of many ends at once one is the outcome, and the others are kept as late")
    func oneOutcome() async throws {
        try await TestStore.with(connections: 8) { test in
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try await Visitor(1).place(test.store)
            let events = CallOutcome.allCases.map { bridge.event(call, .ended(call, $0)) }
            let ends = try await withThrowingTaskGroup { [bridge] group in
                for event in events {
                    group.addTask { try await bridge.send(event, to: test.store).isLate ? 0 : 1 }
                    group.addTask {
                        try await test.store.failCall(call.id, outcome: .blocked, reason: nil, by: .system, now: start) == nil ? 0 : 1
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(ends == 1)
            let timeline = try await test.store.timeline(call.id).filter { $0.kind == .ended }
            #expect(timeline.count(where: { !$0.isLate }) == 1)
            #expect(timeline.count(where: \.isLate) >= events.count - 1)
            let outcome = try await test.store.call(call.id)?.outcome
            #expect(timeline.first { !$0.isLate }?.detail.outcome == outcome)
            #expect(try await test.store.healthSummary(now: start).callsByOutcome.values.reduce(0, +) == 1)
        }
    }

    @Test("News of a call whose books are closed changes nothing, and the call is to be hung up")
    func late() async throws {
        try await TestStore.with { test in
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try await Visitor(1).place(test.store)
            let ended = try await test.store.failCall(call.id, outcome: .cancelled, reason: nil, by: .user, now: start + 1)
            let applied = try await bridge.send(bridge.event(call, .callAnswered(room: call.room), at: start + 2), to: test.store)
            #expect(applied.isNew && applied.isLate && applied.mustHangUp)
            #expect(applied.call == ended)
            #expect(try await test.store.timeline(call.id).last?.isLate == true)
            #expect(try await test.store.timeline(call.id).last?.bridge == bridge.id)
        }
    }

    @Test("A call that has no books is to be hung up")
    func unknownCall() async throws {
        try await TestStore.with { test in
            var bridge = Bridge()
            try await bridge.hello(test.store)
            var stranger = try await Visitor(1).place(test.store)
            var generator = SeededGenerator(seed: 99)
            stranger.id = CallID(random: &generator)
            let applied = try await bridge.send(bridge.event(stranger, .callAnswered(room: stranger.room)), to: test.store)
            #expect(applied.isNew && applied.call == nil && applied.mustHangUp && applied.acknowledged == 1)
        }
    }

    @Test("An event that cannot be stored is parked, and the next ones are applied")
    func parked() async throws {
        try await TestStore.with { test in
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try await Visitor(1).place(test.store)
            let bad = bridge.event(call, .callDialling(room: call.room), at: .max)
            let good = bridge.event(call, .callRinging(room: call.room, earlyMedia: false))
            let (id, epoch) = (bridge.id, bridge.epoch)
            let error = await #expect(throws: StoreError.self) {
                try await test.store.apply(bad, bridge: id, epoch: epoch, now: start)
            }
            #expect(error?.code == .invalidValue && error?.isRetryable == false)
            #expect(try await bridge.send(good, to: test.store).acknowledged == 0)
            #expect(
                try await test.store.park(bad, bridge: bridge.id, epoch: bridge.epoch, reason: "no such time", now: start) == 2)
            #expect(try await test.count("SELECT count(*) FROM bridge_events_parked") == 1)
            #expect(try await test.store.call(call.id)?.state == .ringing)
        }
    }

    @Test("Hostile text of a far end is stored as text")
    func hostileText() async throws {
        try await TestStore.with { test in
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let text = "'); DROP TABLE calls; --\u{0}\"\\{}\n" + String(repeating: "ü", count: 500_000)
            let call = try await Visitor(1).place(test.store)
            try await bridge.send(bridge.event(call, .ended(call, .failed, detail: text)), to: test.store)
            let expected = text.replacing("\u{0}", with: "\u{FFFD}")
            #expect(try await test.store.call(call.id)?.reason?.text == expected)
            #expect(try await test.store.timeline(call.id).last?.detail.text == expected)
        }
    }
}
