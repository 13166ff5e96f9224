import SIP
import Testing
import VirtualNetwork

/// What else comes in a call: none of it ends it.
@Suite struct RequestInCallTests {
    private func rig() -> CallRig {
        let rig = CallRig()
        rig.phone.scripts = [[.answer()]]
        rig.place()
        return rig
    }

    @Test(
        arguments: [
            (SIPMethod.options, 200, nil), (.info, 200, nil), (.info, 415, SIPBody(contentType: "application/dtmf-relay", [1])), (.message, 405, nil),
            (.publish, 405, nil), (.register, 405, nil), (.prack, 481, nil), (.refer, 603, nil), (.notify, 481, nil), (.subscribe, 489, nil),
            (.other("DANCE"), 501, nil),
        ] as [(SIPMethod, UInt16, SIPBody?)])
    func `it is answered properly, and the call goes on`(method: SIPMethod, status: UInt16, body: SIPBody?) {
        let rig = rig()
        rig.at(.seconds(2)) { $0.phone.send(method, body: body, now: $0.now) }
        rig.run(until: .seconds(60))
        #expect(rig.phone.responses.map(\.status) == [status])
        #expect(rig.ends.isEmpty)
        let allow = rig.phone.responses.first?.headers[.allow]
        if status == 405 || status == 501 { #expect(allow == "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE") }
        if method == .options { #expect(rig.phone.responses.first?.headers[.accept] == "application/sdp") }
    }

    @Test func `an INFO of a package is 469`() {
        let rig = rig()
        rig.at(.seconds(2)) { $0.phone.send(.info, headers: [HeaderField(.infoPackage, "foo")], now: $0.now) }
        rig.run(until: .seconds(5))
        #expect(rig.phone.responses.map(\.status) == [469])
    }

    @Test func `what comes out of order is 500`() {
        let rig = rig()
        rig.at(.seconds(2)) { $0.phone.send(.options, sequence: 50, now: $0.now) }
        rig.at(.seconds(3)) { $0.phone.send(.options, sequence: 49, now: $0.now) }
        rig.at(.seconds(4)) { $0.phone.send(.options, sequence: 51, now: $0.now) }
        rig.run(until: .seconds(10))
        #expect(rig.phone.responses.map(\.status) == [200, 500, 200])
    }

    @Test func `an unknown tag is 481, also for a BYE`() {
        let rig = rig()
        rig.at(.seconds(2)) { $0.phone.send(.bye, tag: "stranger", now: $0.now) }
        rig.at(.seconds(3)) { $0.phone.send(.invite, body: CallRig.answer, tag: "stranger", now: $0.now) }
        rig.run(until: .seconds(60))
        #expect(rig.phone.responses.filter(\.isFinal).map(\.status) == [481, 481])
        #expect(rig.ends.isEmpty)
    }

    @Test func `a BYE may require what it wants`() {
        let rig = rig()
        rig.at(.seconds(2)) { $0.phone.send(.bye, headers: [HeaderField(.require, "precondition")], now: $0.now) }
        rig.run(until: .seconds(60))
        #expect(rig.phone.responses.map(\.status) == [200])
        #expect(rig.ends.map(\.cause) == [.peerHungUp])
    }

    @Test func `after the end everything is 481`() {
        let rig = rig()
        rig.at(.seconds(2)) { $0.phone.send(.bye, now: $0.now) }
        rig.at(.seconds(3)) { $0.phone.send(.options, now: $0.now) }
        rig.at(.seconds(100)) { $0.phone.send(.bye, now: $0.now) }
        rig.run(until: .seconds(200))
        #expect(rig.phone.responses.map(\.status) == [200, 481, 481])
        #expect(rig.ends.count == 1)
        #expect(rig.isClean)
    }

    @Test func `a flood of requests in a call keeps at most its share, and a BYE still gets through`() {
        let rig = rig()
        rig.at(.seconds(2)) { rig in
            for _ in 0..<500 { rig.phone.send(.options, now: rig.now) }
            rig.drain()
        }
        rig.at(.seconds(2) + .milliseconds(100)) { $0.phone.send(.bye, now: $0.now) }
        rig.run(until: .seconds(2) + .milliseconds(300))
        #expect(rig.endpoint.transactionCount <= 40)
        #expect(rig.ends.map(\.cause) == [.peerHungUp])
    }
}
