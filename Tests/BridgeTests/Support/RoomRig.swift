import Bridge
import Domain
import ICE
import Media
import VirtualBrowser
import VirtualNetwork

/// All rooms of one media thread in virtual time, with browsers behind a virtual network and everything that came of it.
final class RoomRig {
    /// A datagram on its way, and the browser at the left end that sent it or is to get it.
    private struct Packet {
        var bytes: [UInt8]
        var visitor: Int
    }

    private(set) var table: RoomTable
    private(set) var now = Duration.zero
    private(set) var visitors: [Visitor] = []
    private var network: VirtualNetwork<Packet>
    private var output = RoomOutput()

    /// Durable events, in order.
    private(set) var changes: [BridgeEvent.Change] = []
    /// The same with their streams.
    private(set) var events: [(stream: BridgeEvent.Stream, change: BridgeEvent.Change)] = []
    private(set) var signals: [BridgeSignal] = []
    private(set) var speech: [CallID] = []
    /// Datagrams that the rooms sent.
    private(set) var sent = 0

    private static let candidate = "candidate:1 1 udp 2130706431 192.0.2.1 7001 typ host"
    /// 2026-01-01 00:00:00 UTC, in nanoseconds.
    private static let epoch: Int64 = 1_767_225_600_000_000_000

    init(seed: UInt64 = 1, toolbox: any MediaToolbox = PlainToolbox(isLinear: true)) {
        let seeds = SharedSeeds(seed)
        table = RoomTable(toolbox: toolbox, candidates: [Self.candidate], seed: { seeds.next() })
        network = VirtualNetwork(seed: seed)
    }

    // MARK: Commands

    @discardableResult
    func perform(_ command: BridgeCommand) -> BridgeAnswer {
        let answer = table.perform(command, now: now, into: &output)
        carryOut()
        return answer
    }

    func deliver(speech samples: [UInt8]?, of call: CallID, room: RoomSlug = Sample.room) {
        table.speechReady(call, room: room, samples, now: now, into: &output)
        carryOut()
    }

    /// What the phone side reports of a call.
    func tell(_ news: PhoneNews, of call: CallID) {
        table.phoneNews(call, news, now: now, into: &output)
        carryOut()
    }

    func tellSections() {
        table.tellSections(into: &output)
        carryOut()
    }

    func shutDown() {
        table.shutDown(now: now, into: &output)
        carryOut()
    }

    /// A datagram from anywhere, past the network.
    func receive(_ datagram: [UInt8], from visitor: Visitor) {
        var datagram = datagram
        table.receive(&datagram, on: visitor.browser.path, now: now, wallClock: Self.epoch, into: &output)
        carryOut()
    }

    // MARK: Browsers

    /// Joins, negotiates and connects. The network must be lossless: a handshake that lost a flight waits by the wall clock.
    @discardableResult
    func connect(_ number: Int, room: RoomSlug = Sample.room, browser: VirtualBrowser? = nil) -> Visitor {
        perform(Sample.join(number, room: room))
        let visitor = visit(number, room: room, browser: browser ?? VirtualBrowser(plain: UInt16(truncatingIfNeeded: number)))
        connectMedia(of: visitor)
        return visitor
    }

    /// A browser that has joined and not yet offered.
    func visit(_ number: Int, room: RoomSlug = Sample.room, browser: VirtualBrowser) -> Visitor {
        let visitor = Visitor(index: visitors.count, peer: Sample.peer(number), room: room, browser: browser)
        visitors.append(visitor)
        return visitor
    }

    func connectMedia(of visitor: Visitor) {
        guard negotiate(visitor) else { return }
        visitor.checksFrom(now)
        run(for: .milliseconds(1))
    }

    @discardableResult
    func negotiate(_ visitor: Visitor, restart: Int = 0) -> Bool {
        let offer = BridgeCommand.offer(room: visitor.room, peer: visitor.peer, sdp: visitor.browser.offer(restart: restart))
        guard case .answered(let answer, _) = perform(offer) else { return false }
        visitor.browser.accept(answer)
        return true
    }

    /// DTLS close_notify of a browser, delivered at once.
    func closeMedia(of visitor: Visitor) {
        visitor.isSilent = true
        visitor.browser.close()
        for datagram in visitor.browser.takeOutgoing() { receive(datagram, from: visitor) }
    }

    func setWeather(_ conditions: Conditions, toRooms: Bool = true, toBrowsers: Bool = true) {
        if toRooms { network.setConditions(conditions, to: .right) }
        if toBrowsers { network.setConditions(conditions, to: .left) }
    }

    // MARK: Time

    func run(for time: Duration) { run(until: now + time) }

    func run(until end: Duration) {
        let active = visitors.filter { !$0.isSilent }
        while true {
            var next = end
            if let arrival = network.nextArrival { next = min(next, arrival) }
            if let due = table.nextDue { next = min(next, due) }
            for visitor in active { if let at = visitor.nextSend { next = min(next, at) } }
            now = max(now, next)
            for visitor in active {
                for datagram in visitor.datagrams(until: now) { send(datagram, of: visitor) }
            }
            while let arrival = network.next(until: now) { arrive(arrival) }
            table.serve(now: now, wallClock: Self.epoch + Int64(now / .nanoseconds(1)), into: &output)
            carryOut()
            if next >= end { return }
        }
    }

    private func arrive(_ arrival: VirtualNetwork<Packet>.Arrival) {
        let visitor = visitors[arrival.packet.visitor]
        switch arrival.end {
        case .right:
            var bytes = arrival.packet.bytes
            table.receive(&bytes, on: visitor.browser.path, now: arrival.time, wallClock: Self.epoch, into: &output)
            carryOut()
        case .left:
            guard !visitor.isSilent else { return }
            visitor.browser.receive(arrival.packet.bytes, now: arrival.time)
            for datagram in visitor.browser.takeOutgoing() { send(datagram, of: visitor) }
            if visitor.browser.isClosed { visitor.isSilent = true }
        }
    }

    private func send(_ datagram: [UInt8], of visitor: Visitor) {
        network.send(Packet(bytes: datagram, visitor: visitor.index), from: .left, at: max(now, network.now))
    }

    private func carryOut() {
        for entry in output.packets.entries {
            sent += 1
            guard let visitor = visitors.last(where: { $0.browser.path.remote == entry.path.remote }) else { continue }
            let bytes = Array(output.packets.bytes[entry.range])
            network.send(Packet(bytes: bytes, visitor: visitor.index), from: .right, at: max(now, network.now))
        }
        output.packets.removeAll()
        guard output.hasNews else { return }
        changes += output.changes.map(\.change)
        events += output.changes
        signals += output.signals
        speech += output.speech.map(\.call)
        output.removeNews()
    }

    /// Forgets what was noted so far.
    func takeChanges() -> [BridgeEvent.Change] {
        defer {
            changes = []
            events = []
            signals = []
        }
        return changes
    }
}

/// The seeds of the rooms of one rig: each room has a generator of its own.
private final class SharedSeeds: @unchecked Sendable {
    private var seeds: SeededGenerator

    init(_ seed: UInt64) { seeds = SeededGenerator(seed: seed) }

    func next() -> any RandomNumberGenerator { SeededGenerator(seed: seeds.next()) }
}
