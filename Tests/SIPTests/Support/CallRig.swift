import SIP
import VirtualNetwork

/// A datagram on its way.
struct Packet {
    let datagram: [UInt8]
    let source: SIPAddress
    let destination: SIPAddress

    var message: SIPMessage? { try? SIPMessage(parsing: datagram.span) }
}

/// The endpoint on the left, a scripted telephone on the right, and a network between them, all from one seed.
final class CallRig {
    static let local = SIPAddress(IPAddress(ipv4: 0x0A00_0001), port: 5060)
    static let trunk = SIPAddress(IPAddress(ipv4: 0x0A00_0002), port: 5060)
    static let offer = SIPBody(Array("v=0 our offer".utf8))
    static let answer = SIPBody(Array("v=0 their answer".utf8))

    let endpoint: SIPEndpoint
    let phone: VirtualPhone
    private(set) var now: Duration
    private(set) var events: [(at: Duration, event: SIPEvent)] = []
    /// What the endpoint has sent.
    private(set) var sent: [(at: Duration, packet: Packet)] = []
    /// What the driver does with an event, as soon as it comes.
    var onEvent: (SIPEvent, CallRig) -> Void = { _, _ in }
    var random: SeededGenerator
    private var network: VirtualNetwork<Packet>
    private var commands = EventQueue<(CallRig) -> Void>()

    init(
        seed: UInt64 = 1, conditions: Conditions = Conditions(delay: .milliseconds(20)),
        configuration: (inout SIPEndpointConfiguration) -> Void = { _ in },
        registrar: consuming Registrar? = nil, phone: VirtualPhone? = nil, startingAt start: Duration = .zero
    ) {
        var settings = SIPEndpointConfiguration(product: "ringlink-test")
        configuration(&settings)
        endpoint = SIPEndpoint(settings, registrar: registrar, key: [1, 2, 3])
        random = SeededGenerator(seed: seed)
        self.phone = phone ?? VirtualPhone(seed: seed &+ 1000)
        now = start
        network = VirtualNetwork(seed: seed, toRight: conditions, toLeft: conditions)
    }

    // MARK: Commands

    /// Does something at a time.
    func at(_ time: Duration, _ command: @escaping (CallRig) -> Void) { commands.add(command, due: time) }

    static func request(
        digest: DigestClient? = nil, routes: [NameAddress] = [], pinsNextHop: Bool = false, to number: String = "+4930123456"
    ) -> OutgoingCallRequest {
        OutgoingCallRequest(
            target: .sip(SIPURI(user: number, trunk)), nextHop: trunk, pinsNextHop: pinsNextHop,
            from: NameAddress(displayName: "Room", SIPURI(user: "+4940987654", trunk)), routes: routes, local: local, contactUser: "ringlink",
            assertedIdentity: NameAddress(SIPURI(user: "+4940987654", trunk)), offer: offer, digest: digest)
    }

    @discardableResult
    func place(_ request: OutgoingCallRequest = CallRig.request()) -> SessionID? {
        let id = endpoint.place(request, now: now, random: &random)
        drain()
        return id
    }

    func hangUp(_ id: SessionID?, reason: ReasonHeader? = nil) {
        guard let id else { return }
        endpoint.hangUp(id, reason: reason, now: now, random: &random)
        drain()
    }

    /// Hands the endpoint a message from anywhere.
    func inject(_ request: SIPRequest, from source: SIPAddress = CallRig.trunk) {
        var datagram: [UInt8] = []
        request.serialise(into: &datagram)
        inject(datagram, from: source)
    }

    func inject(_ datagram: [UInt8], from source: SIPAddress = CallRig.trunk) {
        endpoint.receive(datagram.span, from: source, to: Self.local, now: now, random: &random)
        drain()
    }

    /// Loses everything from now on.
    func cut() {
        network.setConditions(Conditions(loss: 1), to: .left)
        network.setConditions(Conditions(loss: 1), to: .right)
    }

    // MARK: Time

    func run(until end: Duration) {
        while let next = nextTime, next <= end {
            now = max(now, next)
            while let (_, command) = commands.removeNext(until: now) { command(self) }
            for arrival in network.advance(to: now) {
                if arrival.end == .left {
                    endpoint.receive(arrival.packet.datagram.span, from: arrival.packet.source, to: Self.local, now: now, random: &random)
                } else {
                    phone.receive(arrival.packet, now: now)
                }
                drain()
            }
            if let deadline = endpoint.nextDeadline, deadline <= now { endpoint.handleDeadline(now: now, random: &random) }
            phone.handleDeadline(now: now)
            drain()
        }
        now = max(now, end)
    }

    private var nextTime: Duration? {
        [commands.nextDue, network.nextArrival, endpoint.nextDeadline, phone.nextDeadline].compactMap { $0 }.min()
    }

    func drain() {
        for event in endpoint.takeEvents() {
            events.append((now, event))
            onEvent(event, self)
        }
        for transmit in endpoint.takeTransmits() {
            let packet = Packet(datagram: transmit.datagram, source: transmit.source, destination: transmit.destination)
            sent.append((now, packet))
            network.send(packet, from: .left, at: now)
        }
        for packet in phone.takeOutput() { network.send(packet, from: .right, at: now) }
    }

    // MARK: What happened

    var ends: [CallEnd] { events.compactMap { if case .ended(_, let end) = $0.event { end } else { nil } } }
    var releases: Int { events.filter { if case .released = $0.event { true } else { false } }.count }
    var answers: [SIPBody] { events.compactMap { if case .answered(_, let body) = $0.event { body } else { nil } } }
    var progress: [UInt16] { events.compactMap { if case .progress(_, let status, _, _) = $0.event { status } else { nil } } }
    var snapshots: [DialogSnapshot] { events.compactMap { if case .dialog(_, let snapshot) = $0.event { snapshot } else { nil } } }

    var sentRequests: [SIPRequest] { sent.compactMap { if case .request(let request)? = $0.packet.message { request } else { nil } } }
    var sentResponses: [SIPResponse] { sent.compactMap { if case .response(let response)? = $0.packet.message { response } else { nil } } }
    func sentRequests(_ method: SIPMethod) -> [SIPRequest] { sentRequests.filter { $0.method == method } }

    /// Whether nothing is left of any call.
    var isClean: Bool { endpoint.sessionCount == 0 && endpoint.transactionCount == 0 && endpoint.nextDeadline == nil }
}
