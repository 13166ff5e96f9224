import API
import Domain
import Testing

@Suite("Orders that must arrive")
struct StandingOrdersTests {
    let bridge = FakeBridge()
    let orders: StandingOrders

    init() { orders = StandingOrders(bridge: bridge, clock: ServerClock()) }

    @Test("An order that the bridge answers is given once, also if it is refused")
    func answered() async throws {
        #expect(try await orders.give(.remove(Samples.peer, Samples.room), patience: 1_000) == .accepted)
        await bridge.refuse(.unknownParticipant)
        #expect(try await orders.give(.remove(Samples.otherPeer, Samples.room), patience: 1_000) == .refused(.unknownParticipant))
        #expect(await orders.all.isEmpty)
        #expect(await bridge.commands.count == 2)
    }

    @Test(
        "A kick while the bridge is away stands until it is there, and is the same command each time",
        arguments: [
            StandingOrders.Order.remove(Samples.peer, Samples.room), .end(Samples.room), .hangup(Samples.call),
        ])
    func repeated(order: StandingOrders.Order) async throws {
        await bridge.fallSilent()
        for _ in 0..<3 {
            await #expect(throws: BridgeUnavailable.self) { try await orders.give(order, patience: 1_000) }
            #expect(await orders.all == [order])
        }
        await bridge.speakAgain()
        #expect(try await orders.give(order, patience: 1_000) == .accepted)
        #expect(await orders.all.isEmpty)
        #expect(await Set(bridge.ids).count == 1)
        // Said once more by a person, it is another order.
        _ = try await orders.give(order, patience: 1_000)
        #expect(await Set(bridge.ids).count == 2)
    }

    @Test("Nobody enters a room before what stands for it is done")
    func settled() async throws {
        await bridge.fallSilent()
        _ = try? await orders.give(.end(Samples.room), patience: 1_000)
        _ = try? await orders.give(.hangup(Samples.call), patience: 1_000)
        await #expect(throws: BridgeUnavailable.self) { try await orders.settle(Samples.room, patience: 1_000) }
        try await orders.settle(RoomSlug("elsewhere")!, patience: 1_000)
        await bridge.speakAgain()
        try await orders.settle(Samples.room, patience: 1_000)
        #expect(await bridge.commands.last == .moderate(room: Samples.room, .end))
        // A call is in nobody's way.
        #expect(await orders.all == [.hangup(Samples.call)])
    }

    @Test("Who is to leave gets no place from a bridge that still has him, and nobody of a meeting that is over")
    func spared() async throws {
        let other = RoomSlug("elsewhere")!
        await bridge.fallSilent()
        _ = try? await orders.give(.remove(Samples.peer, Samples.room), patience: 1_000)
        _ = try? await orders.give(.end(other), patience: 1_000)
        let rosters = [
            RoomRoster(room: Samples.room, participants: [Samples.ada, Samples.bob]), RoomRoster(room: other, participants: [Samples.ada]),
        ]
        #expect(await orders.spare(rosters).map(\.room) == [Samples.room])
        #expect(await orders.spare(rosters).map(\.participants) == [[Samples.bob]])
    }

    @Test("A bridge that has begun anew knows nobody: nothing stands any more")
    func restarted() async throws {
        await bridge.fallSilent()
        _ = try? await orders.give(.end(Samples.room), patience: 1_000)
        await orders.bridgeRestarted()
        #expect(await orders.all.isEmpty)
    }

    @Test("However many orders cannot be given, what is kept of them has a limit")
    func bounded() async throws {
        await bridge.fallSilent()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<StandingOrders.limit + 10 {
            _ = try? await orders.give(.remove(PeerID(random: &generator), Samples.room), patience: 1_000)
        }
        #expect(await orders.all.count == StandingOrders.limit)
    }
}
