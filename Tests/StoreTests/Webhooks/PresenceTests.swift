import Domain
import Foundation
import LibPQ
import Store
import Testing

@Suite("Who is in a room is told", .timeLimit(.minutes(2)))
struct PresenceTests {
    private struct Told: Decodable, Equatable {
        struct Content: Decodable, Equatable {
            struct Room: Decodable, Equatable {
                var slug: String
                var seconds: Int?
            }
            struct Person: Decodable, Equatable {
                var id: String
                var room: String
                var kind: String
                var name: String
                var call: String?
                var seconds: Int?
            }
            var room: Room?
            var participant: Person?
        }
        var type: String
        var sequence: Int
        var data: Content
    }

    private static let room = RoomSlug("reception")!

    private func told(_ test: TestStore, _ subject: String = "room:reception") async throws -> [Told] {
        let bodies = try await test.sql { transaction throws(PostgresError) in
            try transaction.rows("SELECT body FROM webhook_events WHERE subject = $1 ORDER BY sequence", .text(subject)) {
                row throws(PostgresError) in try row.value("body", as: String.self)
            }
        }
        return try bodies.map { try JSONDecoder().decode(Told.self, from: Data($0.utf8)) }
    }

    private func browser(_ number: UInt64, _ name: String = "Ada") throws -> Participant {
        Participant(id: .peer(try Visitor(number).peer), kind: .browser, name: name, microphone: true, camera: false)
    }

    private func joined(_ bridge: inout Bridge, _ participant: Participant, at: Int64 = start) -> BridgeEvent {
        bridge.event(.room(Self.room), .participantJoined(room: Self.room, participant), at: at)
    }

    private func left(_ bridge: inout Bridge, _ participant: Participant, at: Int64 = start) -> BridgeEvent {
        bridge.event(.room(Self.room), .participantLeft(room: Self.room, participant.id), at: at)
    }

    @Test("The first begins the room, the last ends it, and each comes and goes once, whatever is sent twice")
    func life() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let (ada, bob) = (try browser(1), try browser(2, "Bob"))
            let call = try #require(CallID("ca_0123456789abcdef01234567"))
            let phone = Participant(id: .call(call), kind: .phone, name: "+49 30 •••••20", microphone: true, camera: false)
            var events = [joined(&bridge, ada), joined(&bridge, bob, at: start + 1_000), joined(&bridge, phone, at: start + 2_000)]
            events += [left(&bridge, ada, at: start + 3_000), left(&bridge, bob, at: start + 4_000), left(&bridge, phone, at: start + 5_000)]
            events.append(bridge.event(.room(Self.room), .roomEnded(room: Self.room), at: start + 5_000))
            for event in events {
                for _ in 0..<2 { try await bridge.send(event, to: test.store) }
            }
            let told = try await told(test)
            #expect(
                told.map(\.type) == [
                    "room.started", "participant.joined", "participant.joined", "participant.joined", "participant.left", "participant.left",
                    "participant.left", "room.ended",
                ])
            #expect(told.map(\.sequence) == Array(1...8))
            #expect(told[3].data.participant?.call == call.text && told[3].data.participant?.kind == "phone")
            #expect(told[5].data.participant?.name == "Bob" && told[5].data.participant?.seconds == 3)
            #expect(told[7].data.room == .init(slug: "reception", seconds: 5))
            // The next time it is another meeting, and the numbers go on.
            try await bridge.send(joined(&bridge, ada, at: start + 9_000), to: test.store)
            #expect(try await self.told(test).suffix(2).map(\.sequence) == [9, 10])
            #expect(try await test.count("SELECT count(*) FROM room_presence") == 1)
        }
    }

    @Test("Events about one room arrive at an endpoint in their order")
    func order() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store, events: [.family("participant"), .type(.roomEnded)])
            var bridge = Bridge()
            try await bridge.hello(test.store)
            for event in [joined(&bridge, try browser(1)), left(&bridge, try browser(1))] { try await bridge.send(event, to: test.store) }
            var sequence: [Int] = []
            while let delivery = try await test.claim().first {
                sequence.append(try JSONDecoder().decode(Told.self, from: Data(delivery.body)).sequence)
                try await test.finish(delivery)
            }
            #expect(sequence == [2, 3, 4])
        }
    }

    @Test("When a bridge begins anew, or is given up, everybody who was there has left, and comes again")
    func restart() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let (ada, bob) = (try browser(1), try browser(2, "Bob"))
            for event in [joined(&bridge, ada), joined(&bridge, bob)] { try await bridge.send(event, to: test.store) }
            let late = left(&bridge, ada)
            var second = Bridge(epoch: 2)
            try await second.hello(test.store, at: start + 1)
            #expect(try await told(test).suffix(3).map(\.type) == ["participant.left", "participant.left", "room.ended"])
            try await second.send(joined(&second, ada), to: test.store)
            // What the earlier start had still to say about her is not about this stay.
            try await bridge.send(late, to: test.store)
            #expect(try await told(test).suffix(2).map(\.type) == ["room.started", "participant.joined"])
            _ = try await test.store.abandon(second.id, silentSince: start + 1, now: start + 60_000)
            #expect(try await told(test).suffix(2).map(\.type) == ["participant.left", "room.ended"])
            #expect(try await test.count("SELECT count(*) FROM live_rooms") == 0)
        }
    }

    @Test("Who is taken over by another bridge has neither left nor come, and two halves of a room are one room")
    func twoBridges() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var (first, second) = (Bridge(), Bridge())
            second.id = "bridge-2"
            for bridge in [first, second] { try await bridge.hello(test.store) }
            let (ada, bob) = (try browser(1), try browser(2, "Bob"))
            try await first.send(joined(&first, ada), to: test.store)
            try await second.send(joined(&second, bob), to: test.store)
            try await second.send(joined(&second, ada), to: test.store)
            try await first.send(left(&first, ada), to: test.store)
            try await first.send(first.event(.room(Self.room), .roomEnded(room: Self.room)), to: test.store)
            #expect(try await told(test).map(\.type) == ["room.started", "participant.joined", "participant.joined"])
            for participant in [ada, bob] { try await second.send(left(&second, participant), to: test.store) }
            #expect(try await told(test).suffix(3).map(\.type) == ["participant.left", "participant.left", "room.ended"])
        }
    }

    @Test("Twenty who come to one room at once at four bridges begin it once, numbered without a gap")
    func atOnceEverywhere() async throws {
        try await TestStore.with(connections: 8) { test in
            _ = try await Receiver.make(test.store)
            _ = try await atOnce(4) { number in
                var bridge = Bridge()
                bridge.id = "bridge-\(number)"
                try await bridge.hello(test.store)
                for index in 0..<5 {
                    let participant = try browser(UInt64(number * 10 + index))
                    try await bridge.send(joined(&bridge, participant), to: test.store)
                }
            }
            let told = try await told(test)
            #expect(told.map(\.sequence) == Array(1...21) && told.filter { $0.type == "room.started" }.count == 1)
        }
    }

    @Test("A link's revocation is told once, and with the change or not at all")
    func revoked() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store, events: [.family("link")])
            try await test.sql { transaction throws(PostgresError) in
                _ = try transaction.execute(
                    """
                    INSERT INTO links (id, kind, minted, room, query, camera, destinations, note, created_at)
                    VALUES ('ln_0123456789ab', 'random', true, 'r-0123456789abcdef01234567', 'room=x', true, '{}', 'For the CRM', now())
                    """)
            }
            let link = try #require(LinkID("ln_0123456789ab"))
            for _ in 0..<3 { #expect(try await test.store.revokeLink(link, now: start) == .changed(link)) }
            #expect(try await test.store.revokeLink(LinkID("ln_ffffffffffff")!, now: start) == .missing)
            let told = try await told(test, "link:" + link.text)
            #expect(told.map(\.type) == ["link.revoked"] && told.map(\.sequence) == [1])
        }
    }

    @Test("How far a subject was counted is forgotten a month after its last event")
    func forgotten() async throws {
        try await TestStore.with { test in
            var bridge = Bridge()
            try await bridge.hello(test.store)
            try await bridge.send(joined(&bridge, try browser(1)), to: test.store)
            #expect(try await test.count("SELECT count(*) FROM webhook_events") == 0)
            #expect(try await test.store.forgetSilentSubjects(now: start + Store.subjectRetention) == 0)
            #expect(try await test.store.forgetSilentSubjects(now: start + Store.subjectRetention + 1) == 1)
        }
    }
}
