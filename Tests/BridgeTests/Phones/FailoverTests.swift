import Bridge
import Domain
import SIP
import Testing

/// Which trunks a call is tried over.
@Suite struct FailoverTests {
    private func rig(_ count: Int = 3) -> DeskRig { DeskRig(trunks: (1...count).map { DeskRig.trunk($0) }) }

    @Test func `the trunks are tried in their order until one takes the call`() {
        let rig = rig()
        rig.place(over: [2, 1, 3])
        rig.peer(2).respond(503)
        rig.run(for: .seconds(1))
        rig.peer(1).ring()
        rig.peer(1).answer()
        #expect(rig.words() == ["tried 2 503", "ringing", "media", "tried 1 200", "answered"])
        #expect(rig.peer(3).requests.isEmpty)
        #expect(rig.peer(1).last(.invite)?.uri.user == "+4930123456")
        let attempts = rig.attempts
        #expect(attempts.map { $0.endedAt - $0.startedAt } == [0, 1_000])
        #expect(attempts.last?.startedAt == attempts.first?.endedAt)
    }

    @Test func `a call that no trunk takes ends as the last one did`() {
        let rig = rig(2)
        rig.place(over: [1, 2])
        rig.peer(1).respond(503)
        rig.peer(2).respond(403)
        #expect(rig.words() == ["tried 1 503", "tried 2 403", "ended trunk_unavailable by system"])
        #expect(rig.ending?.sipStatus == 403)
        rig.run(for: .seconds(64))
        #expect(rig.isClean)
    }

    @Test func `a full, an unknown and an unresolvable trunk are passed over, and said to have been`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, calls: 1), DeskRig.trunk(2, host: "sip.invalid"), DeskRig.trunk(3)])
        rig.resolve(2, host: "sip.invalid", to: [])
        rig.place(Sample.call(2), over: [1])
        rig.peer(1).ring()
        rig.place(over: [1, 9, 2, 3])
        #expect(rig.words() == ["tried 1 –", "tried 9 –", "tried 2 –"])
        #expect(
            rig.attempts.map { $0.detail.split(separator: " ").suffix(3).joined(separator: " ") } == [
                "1 calls up.", "on the bridge.", "be looked up.",
            ])
        #expect(rig.peer(1).count(.invite) == 1)
        #expect(rig.peer(3).count(.invite) == 1)
        // The name is asked for again, for the next call.
        #expect(rig.lookups == [DeskRig.id(2), DeskRig.id(2)])
    }

    @Test func `a line is free again when nothing of its call is left`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, calls: 1)])
        rig.place(over: [1])
        rig.peer(1).answer()
        rig.place(Sample.call(2), over: [1])
        #expect(rig.words(of: Sample.call(2)) == ["tried 1 –", "ended trunk_unavailable by system"])
        rig.hangUp()
        rig.place(Sample.call(3), over: [1])
        #expect(rig.peer(1).count(.invite) == 2)
    }

    @Test func `a trunk that there is no way to is passed over`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1), DeskRig.trunk(2)]) { $0 != DeskRig.address(1) }
        rig.place(over: [1, 2])
        #expect(rig.words() == ["tried 1 –"])
        #expect(rig.peer(2).count(.invite) == 1)
    }

    @Test func `a closed port leads to the next trunk at once`() {
        let rig = rig(2)
        rig.place(over: [1, 2])
        rig.refuseDatagrams(at: DeskRig.address(1))
        #expect(rig.words() == ["tried 1 –"])
        #expect(rig.peer(2).count(.invite) == 1)
    }

    @Test func `after early media no other trunk is tried`() {
        let rig = rig(2)
        rig.place(over: [1, 2])
        rig.peer(1).respond(183, body: rig.peer(1).description())
        rig.peer(1).respond(503)
        #expect(rig.words() == ["media", "early media", "tried 1 503", "ended trunk_unavailable by system"])
        #expect(rig.peer(2).requests.isEmpty)
    }

    @Test func `ringing without media does not stand in the way of the next trunk`() {
        let rig = rig(2)
        rig.place(over: [1, 2])
        rig.peer(1).ring()
        rig.peer(1).respond(503)
        #expect(rig.words() == ["ringing", "tried 1 503"])
        #expect(rig.peer(2).count(.invite) == 1)
    }

    @Test func `nobody is rung for an empty room`() {
        let rig = rig(2)
        rig.place(over: [1, 2])
        rig.leave()
        rig.peer(1).respond(503)
        #expect(rig.words() == ["tried 1 503", "ended trunk_unavailable by system"])
        #expect(rig.peer(2).requests.isEmpty)
    }

    @Test(arguments: [486, 600, 603, 404, 480, 302] as [UInt16])
    func `what the far end decided is final`(status: UInt16) {
        let rig = rig(2)
        rig.place(over: [1, 2])
        rig.peer(1).respond(status)
        #expect(rig.words().count == 2)
        #expect(rig.peer(2).requests.isEmpty)
        #expect(rig.desk.callCount == 0)
    }

    @Test func `a silent trunk is left after five seconds, and its late answer taken back`() {
        let rig = rig(2)
        rig.place(over: [1, 2])
        rig.run(for: .milliseconds(4_999))
        #expect(rig.peer(2).requests.isEmpty)
        rig.run(for: .milliseconds(1))
        // Three repetitions were lost, too.
        #expect(rig.peer(1).count(.invite) == 4)
        #expect(rig.words() == ["tried 1 –"])
        rig.peer(2).ring()
        rig.peer(1).answer()
        #expect(rig.peer(1).count(.ack) == 1)
        #expect(rig.peer(1).count(.bye) == 1)
        rig.peer(2).answer()
        #expect(rig.words() == ["tried 1 –", "ringing", "media", "tried 2 200", "answered"])
        rig.hangUp()
        rig.run(for: .seconds(64))
        #expect(rig.isClean)
    }

    @Test func `a silent trunk that rings late is cancelled`() {
        let rig = rig(2)
        rig.place(over: [1, 2])
        rig.run(for: .seconds(5))
        rig.peer(1).ring()
        #expect(rig.peer(1).count(.cancel) == 1)
        #expect(rig.peer(1).count(.ack) == 1)
        #expect(rig.words() == ["tried 1 –"])
        #expect(rig.peer(2).count(.invite) == 1)
    }

    @Test func `a trunk that only says that it tries is waited for`() {
        let rig = rig(2)
        rig.place(over: [1, 2])
        rig.peer(1).respond(100)
        rig.run(for: .seconds(30))
        #expect(rig.words() == [])
        #expect(rig.peer(2).requests.isEmpty)
    }

    // MARK: Host names

    @Test func `a call waits for the name of its trunk`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, host: "sip.example")])
        #expect(rig.lookups == [DeskRig.id(1)])
        rig.place(over: [1])
        rig.run(for: .seconds(3))
        #expect(rig.peer(1).requests.isEmpty)
        // The answer to a name that it has no more, and then its own.
        rig.resolve(1, host: "old.example", to: [DeskRig.address(9)])
        #expect(rig.peer(9).requests.isEmpty)
        rig.resolve(1, host: "sip.example", to: [DeskRig.address(1)])
        rig.peer(1).answer()
        #expect(rig.words() == ["media", "tried 1 200", "answered"])
        #expect(rig.peer(1).last(.invite)?.uri.sip?.host.text == "sip.example")
    }

    @Test func `a name that is found not to exist while a call waits leads to the next trunk`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, host: "sip.invalid"), DeskRig.trunk(2)])
        rig.place(over: [1, 2])
        rig.resolve(1, host: "sip.invalid", to: [])
        #expect(rig.words() == ["tried 1 –"])
        #expect(rig.peer(2).count(.invite) == 1)
    }

    @Test func `a trunk that is taken away while a call waits for its name leads to the next trunk`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, host: "sip.example"), DeskRig.trunk(2)])
        rig.place(over: [1, 2])
        rig.configure([DeskRig.trunk(2)])
        #expect(rig.words() == ["tried 1 –"])
        #expect(rig.peer(2).count(.invite) == 1)
    }

    @Test func `a name that does not come within the ring time ends the call`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, host: "sip.example")])
        rig.place(over: [1], ringLimit: .seconds(3))
        rig.run(for: .seconds(3))
        #expect(rig.words() == ["ended trunk_unavailable by system"])
    }

    @Test func `a name that never comes ends the call when no trunk is left`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, host: "sip.example")])
        rig.place(over: [1], ringLimit: .seconds(20))
        rig.run(for: .seconds(5))
        #expect(rig.words() == ["tried 1 –", "ended trunk_unavailable by system"])
    }

    @Test func `a resolver that says nothing costs five seconds, not the ring time`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, host: "sip.example"), DeskRig.trunk(2)])
        rig.place(over: [1, 2])
        rig.run(for: .milliseconds(4_900))
        #expect(rig.peer(2).count(.invite) == 0)
        rig.run(for: .milliseconds(200))
        #expect(rig.peer(2).count(.invite) == 1)
        #expect(rig.words() == ["tried 1 –"])
        rig.resolve(1, host: "sip.example", to: [DeskRig.address(1)])
        #expect(rig.peer(1).count(.invite) == 0)
    }

    @Test func `a failed lookup does not take away an address that was there`() {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, host: "sip.example")])
        rig.resolve(1, host: "sip.example", to: [DeskRig.address(1)])
        rig.desk.refreshNames()
        rig.resolve(1, host: "sip.example", to: [])
        rig.place(over: [1])
        #expect(rig.peer(1).count(.invite) == 1)
    }
}
