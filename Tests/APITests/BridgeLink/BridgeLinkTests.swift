import API
import AsyncHTTPClient
import Domain
import Logging
import Testing

@Suite("The link to a bridge")
struct BridgeLinkTests {
    private static let leave = BridgeCommand.leave(room: Samples.room, peer: Samples.peer)

    @Test("A command is signed, believed, done once and answered")
    func command() async throws {
        try await Self.linked { endpoint, link, _ in
            let answer = try await Self.send(link, 1)
            #expect(answer == .accepted)
            #expect(await endpoint.done == [Self.id(1)])
            #expect(await endpoint.refused == 0)
            #expect(await link.isAlive)
        }
    }

    @Test("A lost or forged answer is asked for again with the same id, and the command is done once")
    func lostAnswer() async throws {
        try await Self.linked { endpoint, link, _ in
            await endpoint.order([.loseAnswer, .forgeAnswer])
            let answer = try await Self.send(link, 2)
            #expect(answer == .accepted)
            #expect(await endpoint.received == [Self.id(2), Self.id(2), Self.id(2)])
            #expect(await endpoint.done == [Self.id(2)])
        }
    }

    @Test("A bridge of another epoch has done nothing: hello again, and the command goes out")
    func restarted() async throws {
        try await Self.linked { endpoint, link, listener in
            await endpoint.order([.restart])
            let answer = try await Self.send(link, 3)
            #expect(answer == .accepted)
            #expect(await endpoint.hellos == 2)
            #expect(await listener.restarts == [false, true])
        }
    }

    @Test("A command that may have arrived before a restart is not sent again: no phone rings twice")
    func neverTwice() async throws {
        try await Self.linked { endpoint, link, _ in
            await endpoint.order([.loseAnswer, .restart])
            await #expect(throws: BridgeUnavailable(mayHaveArrived: true)) {
                try await Self.send(link, 4)
            }
            #expect(await endpoint.received.count == 2)
        }
    }

    @Test("A claim that is refused keeps the command here")
    func claim() async throws {
        try await Self.linked { endpoint, link, _ in
            await #expect(throws: BridgeUnavailable(mayHaveArrived: false, isClaimRefused: true)) {
                try await Self.send(link, 5, isClaimed: false)
            }
            #expect(await endpoint.received == [])
        }
    }

    @Test("What has expired is not sent")
    func expired() async throws {
        try await Self.linked { endpoint, link, _ in
            await #expect(throws: BridgeUnavailable(mayHaveArrived: false)) {
                try await Self.send(link, 6, patience: -1)
            }
            #expect(await endpoint.received == [])
        }
    }

    @Test("Events are acknowledged after they are applied, and one that cannot be applied yet comes again")
    func events() async throws {
        try await Self.linked { endpoint, _, listener in
            await listener.fail(times: 2, at: 2)
            await endpoint.publish((1...3).map(Self.event))
            await endpoint.wait { $0.acknowledged == 3 }
            #expect(await listener.applied == [1, 2, 3])
            #expect(await listener.failures == 2)
        }
    }

    @Test("What earlier epochs have left is applied before the books are brought in line, oldest first, and forgotten then")
    func recovery() async throws {
        try await Self.linked { endpoint, link, listener in
            await endpoint.leave((4...8).map(Self.event), of: 11)
            await endpoint.leave([Self.event(2)], of: 12)
            await endpoint.order([.restart])
            _ = try await Self.send(link, 7)
            await endpoint.publish([Self.event(1)])
            await endpoint.wait { $0.acknowledged == 1 }
            #expect(
                await listener.course == [
                    "met", "greeted", "met", "recover 11 4", "recover 11 5", "recover 11 6", "recover 11 7", "recover 11 8", "recover 12 2",
                    "greeted",
                ])
            #expect(await endpoint.former.isEmpty)
        }
    }

    @Test("Books that cannot be written keep what an earlier epoch left at the bridge, and put nobody out of a room twice")
    func recoveryAgain() async throws {
        try await Self.linked { endpoint, link, listener in
            await listener.fail(times: 2, at: 5)
            await endpoint.leave((4...6).map(Self.event), of: 11)
            await endpoint.order([.restart])
            _ = try await Self.send(link, 8)
            await endpoint.publish([Self.event(1)])
            await endpoint.wait { $0.acknowledged == 1 }
            #expect(await endpoint.former.isEmpty)
            #expect(await listener.failures == 2)
            #expect(await listener.restarts == [false, true, false, false])
            #expect(await listener.course.filter { $0 == "recover 11 6" }.count == 1)
            #expect(await listener.course.last == "greeted")
        }
    }

    // MARK: Setting up

    /// - Parameter patience: milliseconds until the command expires.
    private static func send(
        _ link: BridgeLink, _ number: Int, patience: Int64 = 5_000, isClaimed: Bool = true
    ) async throws -> BridgeAnswer {
        try await link.send(leave, id: id(number), expiry: ServerClock().wallMilliseconds + patience, claim: { _ in isClaimed })
    }

    private static func id(_ number: Int) -> String { String(repeating: "0", count: 31) + String(number) }

    private static func event(_ position: UInt64) -> BridgeEvent {
        BridgeEvent(
            position: position, stream: .room(Samples.room), sequence: position, atMilliseconds: 0,
            change: .participantUpdated(room: Samples.room, Samples.ada))
    }

    /// A link that has greeted an endpoint.
    private static func linked(_ body: @Sendable (ControlEndpoint, BridgeLink, Listener) async throws -> Void) async throws {
        let endpoint = ControlEndpoint()
        let http = HTTPClient(eventLoopGroupProvider: .singleton)
        let outcome: Result<Void, any Error>
        do {
            try await endpoint.run { url in
                let clock = ServerClock()
                let exchange = ControlExchange(base: url, audience: ControlEndpoint.id, keys: ControlEndpoint.keys, http: http, clock: clock)
                let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let link = BridgeLink(exchange: exchange, api: "api-test", setup: { .none }, clock: clock, logger: quiet)
                let listener = Listener()
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { await link.follow(listener) }
                    await endpoint.wait { $0.hellos == 1 }
                    try await body(endpoint, link, listener)
                    tasks.cancelAll()
                }
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        try await http.shutdown()
        try outcome.get()
    }
}

/// Notes what the link tells.
actor Listener: BridgeListener {
    private(set) var restarts: [Bool] = []
    private(set) var applied: [UInt64] = []
    /// What it was told between a hello and the events, in order.
    private(set) var course: [String] = []
    private(set) var failures = 0
    private var planned: (times: Int, position: UInt64) = (0, 0)

    struct NotNow: Error {}

    func fail(times: Int, at position: UInt64) { planned = (times, position) }

    func met(_ hello: HelloAnswer, restarted: Bool) {
        restarts.append(restarted)
        course.append("met")
    }

    func recover(_ event: BridgeEvent, epoch: UInt64) throws {
        try failIfPlanned(event)
        course.append("recover \(epoch) \(event.position)")
    }

    func greeted(_ hello: HelloAnswer) -> UInt64 {
        course.append("greeted")
        return 0
    }

    func apply(_ event: BridgeEvent, epoch: UInt64) throws {
        try failIfPlanned(event)
        applied.append(event.position)
    }

    private func failIfPlanned(_ event: BridgeEvent) throws {
        guard event.position == planned.position, failures < planned.times else { return }
        failures += 1
        throw NotNow()
    }

    func signalled(_ signal: BridgeSignal) {}
    func died() {}
}
