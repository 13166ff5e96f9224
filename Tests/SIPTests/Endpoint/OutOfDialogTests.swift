import SIP
import Testing
import VirtualNetwork

/// Requests that belong to no call.
@Suite struct OutOfDialogTests {
    private static let stranger = SIPAddress(IPAddress(ipv4: 0xC000_0201), port: 40_000)

    private func request(_ method: SIPMethod, uri: String = "sip:10.0.0.1", tag: String? = nil, via: Via? = nil) -> SIPRequest {
        var request = SIPRequest(
            method, uri: AddressURI(uri)!, from: NameAddress(SIPURI("sip:x@192.0.2.1")!, tag: "f"),
            to: NameAddress(SIPURI("sip:y@10.0.0.1")!, tag: tag),
            callID: "c1", cseq: 1)
        request.vias = [via ?? Via(.udp, host: .address(Self.stranger.ip), port: 5060, branch: "z9hG4bKabc")]
        return request
    }

    private func responses(to request: SIPRequest, from source: SIPAddress = stranger, peers: Set<IPAddress> = []) -> [SIPResponse] {
        let rig = CallRig()
        rig.endpoint.setPeers(peers)
        rig.inject(request, from: source)
        #expect(rig.endpoint.transactionCount == 0)
        return rig.sentResponses
    }

    @Test(
        arguments: [
            (SIPMethod.options, 200), (.invite, 403), (.register, 405), (.bye, 481), (.update, 481), (.info, 481), (.prack, 481), (.cancel, 481),
            (.refer, 603), (.notify, 481), (.subscribe, 489), (.message, 405), (.publish, 405), (.other("DANCE"), 501),
        ] as [(SIPMethod, UInt16)])
    func `each method gets its answer, and none is remembered`(method: SIPMethod, status: UInt16) {
        let responses = responses(to: request(method))
        #expect(responses.map(\.status) == [status])
        #expect(responses.first?.to.tag != nil)
        #expect(responses.first?.headers[.server] == "ringlink-test")
        if status == 405 || status == 501 { #expect(responses.first?.headers[.allow] != nil) }
    }

    @Test func `OPTIONS is told what we can do`() {
        let answer = responses(to: request(.options)).first
        #expect(answer?.headers[.allow] == "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE")
        #expect(answer?.headers[.accept] == "application/sdp")
        #expect(answer?.headers[.supported] == "")
    }

    @Test func `a trunk that calls is told that nobody is there`() {
        #expect(responses(to: request(.invite), peers: [Self.stranger.ip]).map(\.status) == [480])
    }

    @Test func `an ACK is never answered`() {
        #expect(responses(to: request(.ack)).isEmpty)
        #expect(responses(to: request(.ack, tag: "t")).isEmpty)
    }

    @Test func `a call that is not known is 481, an extension 420, another scheme 416`() {
        #expect(responses(to: request(.bye, tag: "t")).map(\.status) == [481])
        #expect(responses(to: request(.invite, tag: "t")).map(\.status) == [481])
        #expect(responses(to: request(.options, uri: "tel:+4930")).map(\.status) == [416])
        var demanding = request(.options)
        demanding.headers.append(.require, "foo")
        let answer = responses(to: demanding).first
        #expect(answer?.status == 420)
        #expect(answer?.headers[.unsupported] == "foo")
    }

    @Test func `a repetition gets the same answer, with the same tag`() {
        let rig = CallRig()
        rig.inject(request(.invite), from: Self.stranger)
        rig.inject(request(.invite), from: Self.stranger)
        #expect(rig.sentResponses.count == 2)
        #expect(rig.sentResponses.first == rig.sentResponses.last)
    }

    @Test func `the answer goes where the request came from, not where it says`() throws {
        let rig = CallRig()
        rig.inject(request(.options, via: Via(.udp, host: .address(IPAddress(ipv4: 0x0808_0808)), port: 53, branch: "z9hG4bK1")), from: Self.stranger)
        #expect(rig.sent.map(\.packet.destination) == [Self.stranger])
        let via = try #require(rig.sentResponses.first?.via)
        #expect(via.received == Self.stranger.ip)
        #expect(via.rport == .seen(40_000))
        // Without rport the port is that of the Via, the address all the same that of the source (RFC 3261 section 18.2.2).
        rig.inject(
            request(.options, via: Via(.udp, host: .address(IPAddress(ipv4: 0x0808_0808)), port: 5070, branch: "z9hG4bK2", rport: nil)),
            from: Self.stranger)
        #expect(rig.sent.last?.packet.destination == SIPAddress(Self.stranger.ip, port: 5070))
    }

    @Test func `a request that has arrived may have no hop left`() {
        var request = request(.options)
        request.maxForwards = 0
        #expect(responses(to: request).map(\.status) == [200])
    }

    @Test func `our own INVITE that comes back is a loop`() throws {
        let rig = CallRig()
        rig.place()
        var invite = try #require(rig.sentRequests.first)
        invite.vias.insert(Via(.udp, host: .address(CallRig.trunk.ip), port: 5060, branch: "z9hG4bKproxy"), at: 0)
        rig.inject(invite)
        #expect(rig.sentResponses.map(\.status) == [482])
    }

    @Test func `a client of RFC 2543 is answered, too`() {
        var via = Via(.udp, host: .address(Self.stranger.ip), port: 5060, branch: "1")
        via.branch = nil
        #expect(responses(to: request(.options, via: via)).map(\.status) == [200])
    }

    @Test func `a keep-alive and noise are nobody's, a broken request is told so`() {
        let rig = CallRig()
        rig.inject(Array("\r\n\r\n".utf8))
        rig.inject([0, 1, 2, 3])
        rig.inject(Array("INVITE sip:a SIP/2.0\r\n\r\n".utf8))
        #expect(rig.sent.isEmpty)
        rig.inject(
            Array(
                "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1;rport\r\nFrom: <sip:a@b>;tag=1\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"
                    .utf8), from: Self.stranger)
        #expect(rig.sentResponses.isEmpty, "To is missing, so that the answer is no whole message")
        #expect(rig.sent.map(\.packet.destination) == [Self.stranger])
        #expect(rig.sent.first.map { String(decoding: $0.packet.datagram.prefix(11), as: UTF8.self) } == "SIP/2.0 400")
        #expect(rig.endpoint.counters.malformed == 3)
    }
}
