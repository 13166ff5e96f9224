import Bridge
import Domain
import SIP
import Testing

/// How calls end: by us in any state, by the ring time-out, by the far end, by a wrong password.
@Suite struct CallEndingTests {
    private func rig(username: String? = nil) -> DeskRig { DeskRig(trunks: [DeskRig.trunk(1, username: username)]) }

    // MARK: By us

    @Test func `a call that nobody has heard of yet is cancelled at the first response`() {
        let rig = rig()
        rig.place(over: [1])
        rig.hangUp()
        #expect(rig.peer(1).count(.cancel) == 0)
        rig.peer(1).ring()
        #expect(rig.peer(1).count(.cancel) == 1)
        #expect(rig.words() == [])
        rig.run(for: .seconds(64))
        #expect(rig.isClean)
    }

    @Test func `a ringing call is cancelled`() {
        let rig = rig()
        rig.place(over: [1])
        rig.peer(1).ring()
        rig.hangUp()
        #expect(rig.peer(1).requests.map(\.method) == [.invite, .cancel, .ack])
        #expect(rig.words() == ["ringing"])
        rig.run(for: .seconds(64))
        #expect(rig.isClean)
    }

    @Test func `an answer that crosses the CANCEL is acknowledged and hung up`() {
        let rig = rig()
        rig.peer(1).isPolite = false
        rig.place(over: [1])
        rig.peer(1).ring()
        rig.hangUp()
        rig.peer(1).isPolite = true
        rig.peer(1).answer()
        #expect(rig.peer(1).requests.map(\.method) == [.invite, .cancel, .ack, .bye])
        #expect(rig.words() == ["ringing"])
        rig.run(for: .seconds(64))
        #expect(rig.isClean)
    }

    @Test func `an answered call is hung up, once`() {
        let rig = rig()
        rig.place(over: [1])
        rig.peer(1).answer()
        rig.hangUp()
        rig.hangUp()
        #expect(rig.peer(1).requests.map(\.method) == [.invite, .ack, .bye])
        #expect(rig.words() == ["media", "tried 1 200", "answered"])
        rig.run(for: .seconds(64))
        #expect(rig.isClean)
    }

    @Test func `a call that waits for a name is forgotten`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, host: "sip.example")])
        rig.place(over: [1])
        rig.hangUp()
        rig.resolve(1, host: "sip.example", to: [DeskRig.address(1)])
        #expect(rig.peer(1).requests.isEmpty)
        #expect(rig.isClean)
    }

    @Test func `what is over is not hung up`() {
        let rig = rig()
        rig.place(over: [1])
        rig.peer(1).respond(486)
        rig.hangUp()
        #expect(rig.peer(1).requests.map(\.method) == [.invite, .ack])
        #expect(rig.words() == ["tried 1 486", "ended busy by phone"])
    }

    // MARK: By the time

    @Test func `a telephone that rings for too long is let be`() {
        let rig = rig()
        rig.place(over: [1], ringLimit: .seconds(30))
        rig.peer(1).ring()
        rig.run(for: .milliseconds(29_999))
        #expect(rig.peer(1).count(.cancel) == 0)
        rig.run(for: .milliseconds(1))
        #expect(rig.peer(1).count(.cancel) == 1)
        #expect(rig.words() == ["ringing", "tried 1 –", "ended no_answer by limit"])
    }

    @Test func `the ring time-out is for all trunks together, and over with the answer`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1), DeskRig.trunk(2)])
        rig.place(over: [1, 2], ringLimit: .seconds(10))
        rig.place(Sample.call(2), over: [2], ringLimit: .seconds(10))
        rig.peer(2).answer()
        rig.run(for: .seconds(5))
        rig.peer(2).ring()
        rig.run(for: .seconds(5))
        #expect(rig.words() == ["tried 1 –", "ringing", "tried 2 –", "ended no_answer by limit"])
        #expect(rig.words(of: Sample.call(2)).last == "answered")
        #expect(rig.desk.callCount == 1)
    }

    // MARK: By the far end

    @Test func `the phone hangs up`() {
        let rig = rig()
        rig.place(over: [1])
        rig.peer(1).answer()
        rig.peer(1).request(.bye)
        #expect(rig.peer(1).responses.map(\.status) == [200])
        #expect(rig.words() == ["media", "tried 1 200", "answered", "ended completed by phone"])
        rig.run(for: .seconds(64))
        #expect(rig.isClean)
    }

    @Test func `an answer that nothing can be heard of is hung up`() {
        let rig = rig()
        rig.place(over: [1])
        rig.peer(1).respond(200, body: rig.peer(1).description(codec: "18"))
        #expect(rig.peer(1).requests.map(\.method) == [.invite, .ack, .bye])
        #expect(rig.words() == ["tried 1 488", "ended failed by system"])
    }

    // MARK: Passwords

    @Test func `a challenge is answered with the trunk's password`() {
        let rig = rig(username: "acme")
        rig.place(over: [1])
        rig.peer(1).challenge()
        let credentials = rig.peer(1).last(.invite)?.headers[.authorization].flatMap { DigestCredentials($0) }
        #expect(credentials?.username == "acme")
        rig.peer(1).answer()
        #expect(rig.words() == ["media", "tried 1 200", "answered"])
    }

    @Test(arguments: [401, 407] as [UInt16])
    func `a wrong password is tried once, and named to the operator`(status: UInt16) {
        let rig = rig(username: "acme")
        rig.place(over: [1])
        rig.peer(1).challenge(status)
        rig.peer(1).challenge(status)
        #expect(rig.peer(1).count(.invite) == 2)
        #expect(rig.words() == ["tried 1 \(status)", "ended trunk_unavailable by system"])
        #expect(rig.attempts.first?.detail.contains("password") == true)
        #expect(rig.ending?.detail.contains("password") == false)
    }

    @Test func `a trunk that asks for a password that it has not been given leads to the next`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1), DeskRig.trunk(2)])
        rig.place(over: [1, 2])
        rig.peer(1).challenge(407)
        #expect(rig.words() == ["tried 1 407"])
        #expect(rig.peer(2).count(.invite) == 1)
    }
}
