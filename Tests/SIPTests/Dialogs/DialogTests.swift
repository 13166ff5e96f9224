import SIP
import Testing

@Suite struct DialogTests {
    private let via = Via(.udp, host: .address(IPAddress(ipv4: 0x0A00_0001)), port: 5060, branch: "z9hG4bK1")
    private let us = NameAddress(SIPURI("sip:us@10.0.0.1")!, tag: "ours")
    private let them = NameAddress(SIPURI("sip:them@10.0.0.2")!, tag: "theirs")

    private func dialog(_ routes: [String] = [], target: String = "sip:them@10.0.0.2:5070") -> Dialog {
        Dialog(
            callID: "c", local: us, remote: them, routeSet: routes.map { NameAddress($0)! }, remoteTarget: AddressURI(target)!, localSequence: 7,
            remoteSequence: nil)
    }

    @Test func `requests are numbered, and the ACK has the number of its INVITE`() {
        var dialog = dialog()
        let first = dialog.makeRequest(.invite, via: via)
        let second = dialog.makeRequest(.bye, via: via)
        let ack = dialog.makeAcknowledgement(of: first.cseq.number, via: via)
        #expect(first.cseq == CSeq(8, .invite))
        #expect(second.cseq == CSeq(9, .bye))
        #expect(ack.cseq == CSeq(8, .ack))
        #expect(dialog.localSequence == 9)
        #expect(first.from == us)
        #expect(first.to == them)
    }

    @Test func `the example of a strict router in RFC 3261 section 12-2-1-1 comes out`() {
        var dialog = dialog(["<sip:proxy1>", "<sip:proxy2>", "<sip:proxy3;lr>", "<sip:proxy4>"], target: "sip:user@remoteua")
        let request = dialog.makeRequest(.bye, via: via)
        #expect(request.uri.text == "sip:proxy1")
        #expect(request.routes.map(\.text) == ["<sip:proxy2>", "<sip:proxy3;lr>", "<sip:proxy4>", "<sip:user@remoteua>"])
    }

    @Test func `what may not stand in a Request-URI is left out of a strict router's`() {
        var dialog = dialog(["<sip:proxy1;method=INVITE;transport=udp?Subject=x>"])
        let request = dialog.makeRequest(.bye, via: via)
        #expect(request.uri.text == "sip:proxy1;transport=udp")
    }

    @Test(
        arguments: [
            ([], "10.0.0.2:5070"), (["<sip:10.0.0.9;lr>"], "10.0.0.9:5060"), (["<sip:10.0.0.9:5099>"], "10.0.0.9:5099"),
            (["<sip:proxy.example.com;lr>"], "10.0.0.3:5061"), (["<sip:0.0.0.0;lr>"], "10.0.0.3:5061"),
            (["<sip:proxy.example.com;maddr=10.0.0.8;lr>"], "10.0.0.8:5060"), (["<sip:[2001:db8::1]:5080;lr>"], "[2001:db8::1]:5080"),
        ] as [([String], String)])
    func `the next hop is the first route, else the peer, and a name leaves by the way of the INVITE`(routes: [String], expected: String) {
        #expect(dialog(routes).destination(otherwise: SIPAddress("10.0.0.3:5061")!) == SIPAddress(expected))
    }

    @Test func `the peer's requests must come in order`() {
        var dialog = dialog()
        var verdicts: [Bool] = []
        for number in [5, 5, 4, 6, 4_000_000_000, 6] as [UInt32] { verdicts.append(dialog.admit(number)) }
        #expect(verdicts == [true, false, false, true, true, false])
    }

    @Test func `who answers an INVITE has its own view of the dialog`() throws {
        var invite = SIPRequest(
            .invite, uri: AddressURI("sip:us@10.0.0.1")!, vias: [via], from: them, to: NameAddress(SIPURI("sip:us@10.0.0.1")!), callID: "c", cseq: 44,
            contacts: [NameAddress(SIPURI("sip:them@10.0.0.2:5070")!)])
        invite.recordRoutes = [NameAddress("<sip:near;lr>")!, NameAddress("<sip:far;lr>")!]
        var dialog = try #require(Dialog(answering: invite, localTag: "ours"))
        #expect(dialog.id == DialogID(callID: "c", localTag: "ours", remoteTag: "theirs"))
        #expect(dialog.routeSet.map(\.text) == ["<sip:near;lr>", "<sip:far;lr>"])
        #expect(dialog.remoteSequence == 44)
        let bye = dialog.makeRequest(.bye, via: via)
        #expect(bye.from.tag == "ours")
        #expect(bye.to.tag == "theirs")
        #expect(bye.uri.text == "sip:them@10.0.0.2:5070")
        invite.contacts = []
        let unreachable = Dialog(answering: invite, localTag: "ours")
        #expect(unreachable == nil)
    }
}
