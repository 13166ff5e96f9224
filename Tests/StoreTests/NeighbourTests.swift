import Domain
import Store
import Testing

/// Two installations on one database: each has a bridge of its own.
@Suite(.timeLimit(.minutes(2)))
struct NeighbourTests {
    @Test("A web side that starts leaves alone what another's visitor has queued")
    func queuedElsewhere() async throws {
        try await TestStore.with { test in
            let (mine, theirs) = (try Visitor(1, room: "mine"), try Visitor(2, room: "theirs"))
            var bridges = [Self.bridge("b1"), Self.bridge("b2")]
            for (index, visitor) in [mine, theirs].enumerated() {
                try await bridges[index].hello(test.store)
                try await visitor.join(test.store)
                let joined = BridgeEvent.Change.participantJoined(room: visitor.room, Self.participant(visitor))
                try await bridges[index].send(bridges[index].event(.room(visitor.room), joined), to: test.store)
            }
            let own = try await mine.place(test.store)
            let other = try await theirs.place(test.store)
            #expect(try await test.store.queuedCalls(bridge: "b1", now: start).map(\.call.id) == [own.id])
            #expect(try await test.store.queuedCalls(bridge: "b2", now: start).map(\.call.id) == [other.id])

            // The other web side would tell its visitor; only when it does not, somebody else closes the books.
            #expect(try await test.store.expireQueued(bridge: "b1", isUpToDate: true, now: start + 24_999).map(\.id) == [own.id])
            #expect(try await test.store.expireQueued(bridge: "b1", isUpToDate: true, now: start + 25_000).map(\.id) == [other.id])
        }
    }

    @Test("A call that another bridge has is not ended from here")
    func endedElsewhere() async throws {
        try await TestStore.with { test in
            let call = try await Visitor(1).place(test.store)
            try await Self.bridge("b2").take(call, from: test.store)
            func end(_ bridge: String) async throws -> CallSnapshot? {
                try await test.store.failCall(call.id, outcome: .cancelled, reason: nil, by: .user, at: bridge, now: start + 1)
            }
            #expect(try await end("b1") == nil)
            #expect(try await test.store.call(call.id)?.state == .queued)
            #expect(try await end("b2")?.outcome == .cancelled)
        }
    }

    @Test("Calls in our rooms that another bridge has are found, and followed to their end")
    func elsewhere() async throws {
        try await TestStore.with { test in
            let call = try await Visitor(1).place(test.store)
            let hidden = try await Visitor(2, room: "another-room").place(test.store)
            #expect(try await test.store.callsElsewhere(than: "b1", in: [call.room], following: []).isEmpty)
            for call in [call, hidden] { try await Self.bridge("b2").take(call, from: test.store) }
            #expect(try await test.store.callsElsewhere(than: "b1", in: [call.room], following: []) == [call])
            #expect(try await test.store.callsElsewhere(than: "b2", in: [call.room], following: []).isEmpty)
            let ended = try await test.store.failCall(call.id, outcome: .busy, reason: nil, by: .phone, now: start + 5)
            #expect(try await test.store.callsElsewhere(than: "b1", in: [call.room], following: []).isEmpty)
            #expect(try await test.store.callsElsewhere(than: "b1", in: [], following: [call.id]) == [ended])
        }
    }

    @Test("A bridge that is gone with its web side is found by its time of contact, and its books are closed once")
    func abandoned() async throws {
        try await TestStore.with { test in
            var gone = Self.bridge("b2")
            try await gone.hello(test.store)
            let visitor = try Visitor(1)
            try await visitor.join(test.store)
            try await gone.send(
                gone.event(.room(visitor.room), .participantJoined(room: visitor.room, Self.participant(visitor))), to: test.store)
            let call = try await visitor.place(test.store)
            try await gone.take(call, from: test.store)

            #expect(try await test.store.contacts(notingOwn: "b2", isAlive: true, now: start + 10).isEmpty)
            let contacts = try await test.store.contacts(notingOwn: "b1", isAlive: true, now: start + 20)
            #expect(contacts == ["b2": start + 10])
            // A contact meanwhile: it is not gone.
            #expect(try await test.store.abandon("b2", silentSince: start, now: start + 30).isEmpty)
            let ended = try await test.store.abandon("b2", silentSince: start + 10, now: start + 30)
            #expect(ended.map(\.id) == [call.id] && ended.first?.reason?.code == "bridge_lost")
            #expect(try await test.count("SELECT count(*) FROM participants WHERE left_at IS NULL") == 0)
            #expect(try await test.store.contacts(notingOwn: "b1", isAlive: true, now: start + 40).isEmpty)
            // It comes back after all: what is up there is hung up.
            #expect(try await gone.hello(test.store, live: [call.id]).hangUp == [call.id])
        }
    }

    private static func participant(_ visitor: Visitor) -> Participant {
        Participant(id: .peer(visitor.peer), kind: .browser, name: "Ada", microphone: true, camera: false)
    }

    private static func bridge(_ id: String) -> Bridge {
        var bridge = Bridge()
        bridge.id = id
        return bridge
    }
}
