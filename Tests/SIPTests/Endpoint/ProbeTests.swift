import SIP
import Testing
import VirtualNetwork

/// OPTIONS of ours, which ask whether somebody is there.
@Suite struct ProbeTests {
    private static let local = SIPAddress(IPAddress(ipv4: 0x0A00_0001), port: 5060)
    private static let far = SIPAddress(IPAddress(ipv4: 0x0A00_0002), port: 5070)

    private var random = SeededGenerator(seed: 1)
    private let endpoint = SIPEndpoint(SIPEndpointConfiguration(product: "ringlink-test"), key: [1, 2, 3])

    private mutating func probe() throws -> (id: SessionID, request: SIPRequest) {
        let from = NameAddress(SIPURI(user: "acme", host: .address(Self.far.ip)))
        let asked = ProbeRequest(target: SIPURI(Self.far), nextHop: Self.far, from: from, local: Self.local)
        let id = try #require(endpoint.probe(asked, now: .zero, random: &random))
        let transmit = try #require(endpoint.takeTransmits().first)
        #expect(transmit.destination == Self.far && transmit.source == Self.local)
        guard case .request(let request) = try SIPMessage(parsing: transmit.datagram.span) else { throw Unreadable() }
        return (id, request)
    }

    private struct Unreadable: Error {}

    private mutating func answer(_ status: UInt16, to request: SIPRequest, at now: Duration) {
        var datagram: [UInt8] = []
        SIPResponse(status, to: request, toTag: "t").serialise(into: &datagram)
        endpoint.receive(datagram.span, from: Self.far, to: Self.local, now: now, random: &random)
    }

    @Test mutating func `a probe is a whole OPTIONS, and its final answer is told once`() throws {
        let (id, request) = try probe()
        #expect(request.method == .options && request.uri.text == "sip:10.0.0.2:5070" && request.maxForwards == 70)
        #expect(request.from.tag != nil && request.to.tag == nil && request.headers[.accept] == "application/sdp")
        #expect(request.contacts.first?.uri.text == "sip:acme@10.0.0.1:5060" && request.headers[.userAgent] == "ringlink-test")
        answer(100, to: request, at: .milliseconds(10))
        #expect(endpoint.takeEvents().isEmpty)
        answer(404, to: request, at: .milliseconds(20))
        answer(404, to: request, at: .milliseconds(30))
        #expect(endpoint.takeEvents() == [.probed(id, .answered(404))])
        endpoint.handleDeadline(now: .seconds(6), random: &random)
        #expect(endpoint.transactionCount == 0 && endpoint.nextDeadline == nil && endpoint.takeTransmits().isEmpty)
    }

    @Test mutating func `a probe that is not answered is sent again, and given up in the end`() throws {
        let (id, _) = try probe()
        var sent: [Duration] = []
        while let due = endpoint.nextDeadline {
            endpoint.handleDeadline(now: due, random: &random)
            if !endpoint.takeTransmits().isEmpty { sent.append(due) }
        }
        #expect(sent.prefix(3) == [.milliseconds(500), .milliseconds(1_500), .milliseconds(3_500)])
        #expect(endpoint.takeEvents() == [.probed(id, .timedOut)])
        #expect(endpoint.transactionCount == 0)
    }

    @Test mutating func `where nobody listens that is told at once`() throws {
        let (id, _) = try probe()
        endpoint.failTransport(to: Self.far, now: .milliseconds(1), random: &random)
        #expect(endpoint.takeEvents() == [.probed(id, .unreachable)])
        #expect(endpoint.transactionCount == 0)
    }

    @Test mutating func `a probe that is withdrawn leaves nothing, and a late answer is nobody's`() throws {
        let (id, request) = try probe()
        endpoint.withdraw(probe: id)
        #expect(endpoint.transactionCount == 0 && endpoint.nextDeadline == nil)
        answer(200, to: request, at: .seconds(4))
        #expect(endpoint.takeEvents().isEmpty && endpoint.counters.strayResponses == 1)
    }
}
