import Domain
import Store
import Testing

@Suite(.timeLimit(.minutes(2)))
struct QueueTests {
    @Test("A restarted web side finds what it has still to send, until it expires")
    func restart() async throws {
        try await TestStore.with { test in
            guard case .placed(let call, let command) = try await Visitor(1).dial(test.store) else { throw Unexpected() }
            let restarted = try await test.another()
            let queued = try await restarted.queuedCalls(bridge: "b1", now: start + 14_999)
            #expect(queued.map(\.call) == [call] && queued.map(\.command) == [command])
            #expect(try await restarted.queuedCalls(bridge: "b1", now: start + 15_000).isEmpty)
            #expect(try await restarted.markSent(call.id, bridge: "b1", epoch: 1, now: start + 15_000) == false)
            await restarted.close()
        }
    }

    @Test("A call that was not sent in time ends as an internal error, once")
    func expiry() async throws {
        try await TestStore.with { test in
            let call = try await Visitor(1).place(test.store)
            #expect(try await test.store.expireQueued(bridge: "b1", isUpToDate: true, now: start + 14_999).isEmpty)
            let expired = try await test.store.expireQueued(bridge: "b1", isUpToDate: true, now: start + 15_000)
            #expect(expired.map(\.id) == [call.id])
            #expect(expired.first?.outcome == .internalError && expired.first?.reason?.code == "expired")
            #expect(try await test.store.expireQueued(bridge: "b1", isUpToDate: true, now: start + 15_000).isEmpty)
            #expect(try await test.store.call(call.id) == expired.first)
        }
    }

    @Test("A call is sent to one start of one bridge, as often as needed, and to no other")
    func sent() async throws {
        try await TestStore.with { test in
            let call = try await Visitor(1).place(test.store)
            #expect(try await test.store.markSent(call.id, bridge: "b1", epoch: .max, now: start + 1))
            #expect(try await test.store.markSent(call.id, bridge: "b1", epoch: .max, now: start + 2))
            #expect(try await test.store.markSent(call.id, bridge: "b1", epoch: 2, now: start + 3) == false)
            #expect(try await test.store.markSent(call.id, bridge: "b2", epoch: .max, now: start + 3) == false)
            #expect(try await test.store.timeline(call.id).map(\.kind) == [.queued, .sent])
        }
    }

    @Test("A call that was sent waits for the bridge's word a lease longer before it expires")
    func unconfirmed() async throws {
        try await TestStore.with { test in
            let call = try await Visitor(1).place(test.store)
            _ = try await test.store.markSent(call.id, bridge: "b1", epoch: 1, now: start + 1)
            #expect(try await test.store.expireQueued(bridge: "b1", isUpToDate: true, now: start + 29_999).isEmpty)
            // What the bridge has said of it may not have been read yet.
            #expect(try await test.store.expireQueued(bridge: "b1", isUpToDate: false, now: start + 314_999).isEmpty)
            #expect(try await test.store.expireQueued(bridge: "b1", isUpToDate: true, now: start + 30_000).map(\.id) == [call.id])
        }
    }

    @Test("A call of which the bridge has spoken is not ended from this side: its end is on its way")
    func spokenOf() async throws {
        try await TestStore.with { test in
            var bridge = Bridge()
            let queued = try await Visitor(1).place(test.store)
            let ringing = try await Visitor(2, room: "another").place(test.store)
            for call in [queued, ringing] { try await bridge.take(call, from: test.store) }
            try await bridge.send(bridge.event(ringing, .callRinging(room: ringing.room, earlyMedia: false)), to: test.store)
            for (call, isEnded) in [(queued, true), (ringing, false)] {
                let ended = try await test.store.failCall(
                    call.id, outcome: .cancelled, reason: nil, by: .user, at: bridge.id, now: start + 2)
                #expect((ended != nil) == isEnded)
                #expect(try await test.store.call(call.id)?.state == (isEnded ? .ended : .ringing))
            }
        }
    }

    @Test("Two processes that expire the same calls end each of them once")
    func parallelExpiry() async throws {
        try await TestStore.with { test in
            for number in 0..<10 { _ = try await Visitor(UInt64(number), room: "room-\(number)").place(test.store) }
            let expired = try await withThrowingTaskGroup { group in
                for _ in 0..<4 { group.addTask { try await test.store.expireQueued(bridge: "b1", isUpToDate: true, now: start + 60_000) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(expired.count == 10)
            #expect(try await test.count("SELECT count(*) FROM call_events WHERE kind = 'ended'") == 10)
        }
    }
}
