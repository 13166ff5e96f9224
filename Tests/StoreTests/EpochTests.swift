import Domain
import Store
import Testing

@Suite(.timeLimit(.minutes(2)))
struct EpochTests {
    @Test("A bridge that is met again in the same epoch goes on where it was")
    func sameEpoch() async throws {
        try await TestStore.with { test in
            var bridge = Bridge()
            #expect(try await bridge.hello(test.store).acknowledged == 0)
            let call = try await Visitor(1).place(test.store)
            try await bridge.take(call, from: test.store)
            try await bridge.send(bridge.event(call, .callDialling(room: call.room)), to: test.store)
            let again = try await bridge.hello(try await test.another(), live: [call.id])
            #expect(again == BridgeEpoch(acknowledged: 1, ended: [], hangUp: []))
        }
    }

    @Test("Calls of an earlier epoch end as an internal error, those of another bridge go on")
    func newEpoch() async throws {
        try await TestStore.with { test in
            let old = Bridge(epoch: 0xFFFF_FFFF_FFFF_0001)
            var other = Bridge()
            other.id = "bridge-2"
            try await old.hello(test.store)
            try await other.hello(test.store)
            let lost = try await Visitor(1).place(test.store)
            let kept = try await Visitor(2, room: "elsewhere").place(test.store)
            let waiting = try await Visitor(3, room: "not-sent-yet").place(test.store)
            try await old.take(lost, from: test.store)
            try await other.take(kept, from: test.store)

            var new = Bridge(epoch: 2)
            let begun = try await new.hello(test.store, live: [lost.id, kept.id], at: start + 5)
            #expect(begun.acknowledged == 0)
            #expect(begun.ended.map(\.id) == [lost.id])
            #expect(begun.ended.first?.outcome == .internalError)
            #expect(begun.hangUp == [lost.id])
            #expect(try await test.store.call(kept.id)?.state == .queued)
            #expect(try await test.store.call(waiting.id)?.state == .queued)

            // The journal of the old epoch is replayed: kept, and nothing else.
            let applied = try await new.send(new.event(lost, .ended(lost, .completed)), to: test.store)
            #expect(applied.isLate && applied.call?.outcome == .internalError && applied.acknowledged == 1)
        }
    }

    @Test("What a killed bridge had still to tell is told before its books are closed: a call gets the end that it had, once")
    func recovered() async throws {
        try await TestStore.with { test in
            var old = Bridge()
            try await old.hello(test.store)
            let over = try await Visitor(1).place(test.store)
            let up = try await Visitor(2, room: "elsewhere").place(test.store)
            for call in [over, up] { try await old.take(call, from: test.store) }
            var life = old.life(of: over)
            let end = life.removeLast()
            for event in life { try await old.send(event, to: test.store) }
            let answered = old.event(up, .callAnswered(room: up.room))

            // The old one is gone; its successor passes on what it left, in any case once more than needed.
            for event in [end, answered, end] { try await old.send(event, to: test.store) }
            let begun = try await Bridge(epoch: 2).hello(test.store, at: start + 20_000)
            #expect(begun.ended.map(\.id) == [up.id])
            #expect(try await old.send(end, to: test.store).isNew == false)

            let (first, second) = (try await test.store.call(over.id), try await test.store.call(up.id))
            #expect(first?.outcome == .completed && first?.talkSeconds == 6 && first?.endedAt == start + 9_000)
            #expect(second?.outcome == .internalError && second?.answeredAt == start)
            #expect(try await test.store.timeline(over.id).filter { $0.kind == .ended }.map(\.isLate) == [false])
        }
    }

    @Test("A live call that nobody has ever heard of is to be hung up")
    func strangers() async throws {
        try await TestStore.with { test in
            var generator = SeededGenerator(seed: 3)
            let stranger = CallID(random: &generator)
            let begun = try await Bridge().hello(test.store, live: [stranger])
            #expect(begun.hangUp == [stranger])
        }
    }

    @Test("Participants follow the bridge's reports, and those of an earlier epoch are gone")
    func participants() async throws {
        try await TestStore.with { test in
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let (one, two) = (try Visitor(1), try Visitor(2))
            for visitor in [one, two] {
                try await visitor.join(test.store)
                try await bridge.send(bridge.joined(visitor, at: start + 1), to: test.store)
            }
            #expect(try await present(test) == 2)
            try await bridge.send(bridge.left(one, at: start + 2), to: test.store)
            #expect(try await present(test) == 1)
            // The report of the join is read a second time, after the leave.
            try await bridge.send(bridge.joined(one, at: start + 1), to: test.store)
            #expect(try await present(test) == 1)

            try await Bridge(epoch: 2).hello(test.store, at: start + 3)
            #expect(try await present(test) == 0)
            // An old epoch's join comes late: nobody is there.
            try await bridge.send(bridge.joined(two, at: start + 4), to: test.store)
            #expect(try await present(test) == 0)
        }
    }

    @Test("A browser that comes back after a leave is there again, and a room that ended is empty")
    func backAndEnd() async throws {
        try await TestStore.with { test in
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let visitor = try Visitor(1)
            try await visitor.join(test.store)
            try await bridge.send(bridge.joined(visitor, at: start), to: test.store)
            try await test.store.recordLeft(room: visitor.room, peer: visitor.peer, now: start + 5)
            try await bridge.send(bridge.joined(visitor, at: start + 9), to: test.store)
            #expect(try await test.store.healthSummary(now: start + 10).rooms == 1)
            try await bridge.send(
                bridge.event(.room(visitor.room), .roomEnded(room: visitor.room), at: start + 20), to: test.store)
            #expect(try await test.store.healthSummary(now: start + 21) == HealthSummary())
        }
    }

    @Test("A join that no bridge has confirmed within a minute is over at the next hello")
    func unconfirmed() async throws {
        try await TestStore.with { test in
            try await Visitor(1).join(test.store)
            try await Bridge().hello(test.store, at: start + 60_000)
            #expect(try await present(test) == 1)
            try await Bridge().hello(test.store, at: start + 60_001)
            #expect(try await present(test) == 0)
        }
    }

    private func present(_ test: TestStore) async throws -> Int {
        try await test.store.healthSummary(now: start + 1_000).participants
    }
}

extension Bridge {
    fileprivate mutating func joined(_ visitor: Visitor, at: Int64) -> BridgeEvent {
        let participant = Participant(id: .peer(visitor.peer), kind: .browser, name: "Ada", microphone: true, camera: false)
        return event(.room(visitor.room), .participantJoined(room: visitor.room, participant), at: at)
    }

    fileprivate mutating func left(_ visitor: Visitor, at: Int64) -> BridgeEvent {
        event(.room(visitor.room), .participantLeft(room: visitor.room, .peer(visitor.peer)), at: at)
    }
}
