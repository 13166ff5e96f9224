import SIP
import Testing
import VirtualNetwork

/// A telephone that registers at the endpoint, and is called there.
@Suite struct RegistrationTests {
    private static let phone = SIPAddress(IPAddress(ipv4: 0xC000_0205), port: 33_000)

    private func rig() -> CallRig {
        let rig = CallRig(registrar: Registrar(realm: "ringlink", key: Array(repeating: 7, count: 32)))
        rig.endpoint.setExtensions(["610": DigestSecret(username: "610", realm: "ringlink", password: "pw")])
        return rig
    }

    private func register(_ rig: CallRig, _ digest: inout DigestClient, cseq: UInt32, branch: String, expires: String = "300") -> SIPRequest {
        var request = SIPRequest(
            .register, uri: AddressURI("sip:10.0.0.1")!, from: NameAddress(SIPURI("sip:610@10.0.0.1")!, tag: "f"),
            to: NameAddress(SIPURI("sip:610@10.0.0.1")!), callID: "reg", cseq: cseq, contacts: [NameAddress(SIPURI("sip:610@192.168.1.5:5062")!)])
        request.vias = [Via(.udp, host: .address(IPAddress(ipv4: 0xC0A8_0105)), port: 5062, branch: branch)]
        request.headers[.expires] = expires
        digest.authorize(&request)
        rig.inject(request, from: Self.phone)
        return request
    }

    private func registered() throws -> CallRig {
        let rig = rig()
        var digest = DigestClient(username: "610", password: "pw")
        _ = register(rig, &digest, cseq: 1, branch: "z9hG4bKr1")
        let challenge = try #require(rig.sentResponses.last)
        #expect(challenge.status == 401)
        #expect(rig.endpoint.transactionCount == 0)
        let verdict = digest.receive(challenge, using: &rig.random)
        #expect(verdict == .retry)
        let request = register(rig, &digest, cseq: 2, branch: "z9hG4bKr2")
        #expect(rig.sentResponses.last?.status == 200)
        // Its repetition is no new use of the nonce.
        rig.inject(request, from: Self.phone)
        #expect(rig.sentResponses.map(\.status) == [401, 200, 200])
        return rig
    }

    @Test func `a telephone registers, and the driver is told where it is`() throws {
        let rig = try registered()
        let binding = try #require(rig.endpoint.bindings(for: "610", now: rig.now).first)
        #expect(binding.received == Self.phone)
        #expect(binding.local == CallRig.local)
        #expect(rig.events.map(\.event) == [.registration(.added(extension: "610", binding))])
        #expect(rig.sent.allSatisfy { $0.packet.destination == Self.phone && $0.packet.source == CallRig.local })
        rig.run(until: .seconds(301))
        #expect(rig.events.last?.event == .registration(.removed(extension: "610", binding, .expired)))
        #expect(rig.isClean)
    }

    @Test func `an extension that is taken away is registered no more`() throws {
        let rig = try registered()
        rig.endpoint.setExtensions([:])
        rig.drain()
        #expect(rig.endpoint.bindings(for: "610", now: rig.now).isEmpty)
        #expect(rig.events.count == 2)
    }

    @Test func `an extension that was taken away while no process ran is not restored, the others are`() throws {
        let before = try registered()
        let records = before.endpoint.records(of: "610", now: before.now, wall: 0)
        let rig = CallRig(registrar: Registrar(realm: "ringlink", key: Array(repeating: 8, count: 32)))
        for number in ["610", "611"] { rig.endpoint.restore(records, of: number, now: rig.now, wall: 1_000) }
        rig.endpoint.setExtensions(["610": DigestSecret(username: "610", realm: "ringlink", password: "pw")])
        rig.drain()
        let binding = try #require(rig.endpoint.bindings(for: "610", now: rig.now).first)
        #expect(binding.received == Self.phone && binding.local == CallRig.local)
        #expect(rig.endpoint.bindings(for: "611", now: rig.now).isEmpty)
        #expect(rig.events.map(\.event) == [.registration(.removed(extension: "611", binding, .revoked))])
        rig.run(until: .seconds(301))
        #expect(rig.endpoint.records(of: "610", now: rig.now, wall: 0).isEmpty)
        #expect(rig.isClean)
    }

    @Test func `a registered telephone that calls is told that nobody is there, a stranger that it may not`() throws {
        let rig = try registered()
        var invite = SIPRequest(
            .invite, uri: AddressURI("sip:600@10.0.0.1")!, from: NameAddress(SIPURI("sip:610@10.0.0.1")!, tag: "f"),
            to: NameAddress(SIPURI("sip:600@10.0.0.1")!), callID: "inv", cseq: 1)
        invite.vias = [Via(.udp, host: .address(IPAddress(ipv4: 0xC0A8_0105)), port: 5062, branch: "z9hG4bKi")]
        rig.inject(invite, from: Self.phone)
        #expect(rig.sentResponses.last?.status == 480)
        rig.inject(invite, from: SIPAddress(IPAddress(ipv4: 0xC000_0299), port: 33_000))
        #expect(rig.sentResponses.last?.status == 403)
    }

    @Test func `guesses at passwords are not remembered`() {
        let rig = rig()
        var digest = DigestClient(username: "610", password: "wrong")
        for number in 0..<100 {
            _ = register(rig, &digest, cseq: UInt32(number + 1), branch: "z9hG4bKg\(number)")
            if let answer = rig.sentResponses.last { _ = digest.receive(answer, using: &rig.random) }
        }
        #expect(rig.endpoint.transactionCount == 0)
        #expect(rig.endpoint.bindings(for: "610", now: rig.now).isEmpty)
        #expect(rig.sentResponses.count < 100)
    }
}
