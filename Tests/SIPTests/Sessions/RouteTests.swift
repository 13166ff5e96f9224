import SIP
import Testing
import VirtualNetwork

@Suite struct RouteTests {
    private static let loose = NameAddress("<sip:10.0.0.7:5070;lr>")!
    private static let second = NameAddress("<sip:10.0.0.8;lr>")!
    private static let strict = NameAddress("<sip:10.0.0.9:5090>")!

    private func call(_ recordRoutes: [NameAddress], pins: Bool = false) -> CallRig {
        let rig = CallRig()
        rig.phone.scripts = [[.answer(.seconds(1), recordRoutes: recordRoutes)]]
        let id = rig.place(CallRig.request(pinsNextHop: pins))
        rig.at(.seconds(5)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        return rig
    }

    @Test func `loose routers stand in Route, in the order of the way back`() throws {
        // The far end sees the last proxy first.
        let rig = call([Self.second, Self.loose])
        for method in [SIPMethod.ack, .bye] {
            let heard = try #require(rig.phone.heard.first { $0.request.method == method })
            #expect(heard.request.uri.text == "sip:phone@10.0.0.2:5060")
            #expect(heard.request.routes == [Self.loose, Self.second])
            #expect(heard.destination == SIPAddress("10.0.0.7:5070"))
        }
        #expect(rig.isClean)
    }

    @Test func `a strict router is the Request-URI, and the peer stands at the end of Route`() throws {
        let rig = call([Self.second, Self.strict])
        for method in [SIPMethod.ack, .bye] {
            let heard = try #require(rig.phone.heard.first { $0.request.method == method })
            #expect(heard.request.uri.text == "sip:10.0.0.9:5090")
            #expect(heard.request.routes.map(\.text) == ["<sip:10.0.0.8;lr>", "<sip:phone@10.0.0.2:5060>"])
            #expect(heard.destination == SIPAddress("10.0.0.9:5090"))
        }
        #expect(rig.isClean)
    }

    @Test func `a proxy with a name is reached where the INVITE went`() throws {
        let rig = call([NameAddress("<sip:proxy.example.com;lr>")!])
        let bye = try #require(rig.phone.heard.first { $0.request.method == .bye })
        #expect(bye.destination == CallRig.trunk)
        #expect(bye.request.routes.count == 1)
    }

    @Test func `a telephone behind a NAT is reached where it was reached before`() throws {
        let rig = CallRig()
        var answer = VirtualPhone.Step.answer(.seconds(1))
        answer.contact = SIPURI("sip:phone@192.168.1.20:5062")
        rig.phone.scripts = [[answer]]
        let id = rig.place(CallRig.request(pinsNextHop: true))
        rig.at(.seconds(5)) { $0.hangUp(id) }
        rig.run(until: .seconds(10))
        let bye = try #require(rig.phone.heard.first { $0.request.method == .bye })
        #expect(bye.request.uri.text == "sip:phone@192.168.1.20:5062")
        #expect(bye.destination == CallRig.trunk)
    }

    @Test func `a preloaded route is in the INVITE, its CANCEL and the ACK of its refusal`() {
        let rig = CallRig()
        rig.phone.scripts = [[.ring()]]
        let id = rig.place(CallRig.request(routes: [Self.loose]))
        rig.at(.seconds(1)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        for method in [SIPMethod.invite, .cancel, .ack] {
            let heard = rig.phone.heard(method)
            #expect(!heard.isEmpty)
            #expect(heard.allSatisfy { $0.routes == [Self.loose] })
        }
    }

    @Test func `a re-INVITE moves the peer, and the BYE follows it`() throws {
        let rig = CallRig()
        rig.phone.scripts = [[.answer()]]
        rig.onEvent = { event, rig in
            if case .offered(_, let token, _, _) = event { rig.endpoint.answerOffer(token, with: CallRig.offer, now: rig.now, random: &rig.random) }
        }
        let id = rig.place()
        rig.at(.seconds(2)) { $0.phone.send(.invite, body: CallRig.answer, contact: SIPURI("sip:elsewhere@10.0.0.44:5080"), now: $0.now) }
        rig.at(.seconds(5)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        let bye = try #require(rig.phone.heard.first { $0.request.method == .bye })
        #expect(bye.request.uri.text == "sip:elsewhere@10.0.0.44:5080")
        #expect(bye.destination == SIPAddress("10.0.0.44:5080"))
        #expect(rig.snapshots.last?.remoteTarget == "sip:elsewhere@10.0.0.44:5080")
    }
}
