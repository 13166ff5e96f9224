import Bridge
import Domain
import SIP
import Testing

/// A trunk whose name has several addresses (RFC 3263 section 4.3).
@Suite struct TrunkAddressTests {
    /// Trunk 1 with so many addresses, and trunk 2 with one.
    private func rig(_ count: Int = 2, calls: Int? = nil, reach: @escaping (SIPAddress) -> Bool = { _ in true }) -> DeskRig {
        let rig = DeskRig(trunks: [DeskRig.trunk(1, host: "sip.example", calls: calls), DeskRig.trunk(2)], reach: reach)
        rig.resolve(1, host: "sip.example", to: (0..<count).map { DeskRig.address(1, $0) })
        return rig
    }

    @Test func `a closed port leads to the next address at once, as a part of the same attempt`() {
        let rig = rig()
        rig.place(over: [1, 2])
        rig.refuseDatagrams(at: DeskRig.address(1))
        #expect(rig.words() == [])
        rig.peer(1, 1).ring()
        rig.peer(1, 1).answer()
        #expect(rig.words() == ["ringing", "media", "tried 1 200", "answered"])
        #expect(rig.peer(2).requests.isEmpty)
        let (first, second) = (rig.peer(1).last(.invite), rig.peer(1, 1).last(.invite))
        #expect(first?.uri == second?.uri)
        #expect(first?.callID != second?.callID)
    }

    @Test func `a silent address is left after five seconds, and its late answer taken back`() {
        let rig = rig()
        rig.place(over: [1, 2])
        rig.run(for: .milliseconds(4_999))
        #expect(rig.peer(1, 1).requests.isEmpty)
        rig.run(for: .milliseconds(1))
        #expect(rig.peer(1, 1).count(.invite) == 1)
        rig.peer(1).answer()
        #expect(rig.peer(1).count(.ack) == 1 && rig.peer(1).count(.bye) == 1)
        #expect(rig.words() == [])
        // As patient with the second one.
        rig.run(for: .milliseconds(4_999))
        #expect(rig.peer(2).requests.isEmpty)
        rig.run(for: .milliseconds(1))
        #expect(rig.peer(2).count(.invite) == 1)
        #expect(rig.words() == ["tried 1 –"])
    }

    @Test func `the next trunk is tried after the last address, and the attempt says so`() {
        let rig = rig(3)
        rig.place(over: [1, 2])
        rig.peer(1).respond(503)
        rig.run(for: .seconds(5))
        rig.peer(1, 2).respond(503)
        #expect(rig.words() == ["tried 1 503"])
        #expect(rig.attempts.first?.detail == "It has a fault or no free line (503), the last of 3 addresses that were tried.")
        #expect(rig.attempts.first.map { $0.endedAt - $0.startedAt } == 5_000)
        #expect(rig.peer(2).count(.invite) == 1)
        rig.peer(2).respond(503)
        #expect(rig.words() == ["tried 1 503", "tried 2 503", "ended trunk_unavailable by system"])
        #expect(rig.attempts.last?.detail.contains("addresses") == false)
        rig.run(for: .seconds(64))
        #expect(rig.isClean)
    }

    @Test(arguments: [486, 404, 603, 500, 403, 488] as [UInt16])
    func `only silence, a closed port and 503 are faults of an address`(status: UInt16) {
        let rig = rig()
        rig.place(over: [1])
        rig.peer(1).respond(status)
        #expect(rig.words().count == 2)
        #expect(rig.peer(1, 1).requests.isEmpty)
    }

    @Test func `what rang at one address is not what the next one is judged by`() {
        let rig = rig()
        rig.place(over: [1])
        rig.peer(1).ring()
        rig.peer(1).respond(503)
        rig.peer(1, 1).respond(480)
        #expect(rig.words() == ["ringing", "tried 1 480", "ended unreachable by phone"])
    }

    @Test func `no more than four addresses are tried`() {
        let rig = rig(9)
        rig.place(over: [1])
        rig.run(for: .seconds(20))
        #expect((0..<9).map { rig.peer(1, $0).requests.isEmpty ? 0 : 1 } == [1, 1, 1, 1, 0, 0, 0, 0, 0])
        #expect(rig.words() == ["tried 1 –", "ended trunk_unavailable by system"])
    }

    @Test func `no other address is called for an empty room`() {
        let rig = rig()
        rig.place(over: [1])
        rig.leave()
        rig.peer(1).respond(503)
        #expect(rig.peer(1, 1).requests.isEmpty)
        #expect(rig.words() == ["tried 1 503", "ended trunk_unavailable by system"])
    }

    @Test func `no other address is called after early media`() {
        let rig = rig()
        rig.place(over: [1])
        rig.peer(1).respond(183, body: rig.peer(1).description())
        rig.peer(1).respond(503)
        #expect(rig.peer(1, 1).requests.isEmpty)
    }

    @Test func `an address that there is no way to is passed over`() {
        let rig = rig(3) { $0 != DeskRig.address(1, 0) && $0 != DeskRig.address(1, 1) }
        rig.place(over: [1])
        #expect(rig.peer(1, 2).count(.invite) == 1)
        #expect(rig.words() == [])
    }

    @Test func `a call that goes over two addresses takes up one line`() {
        let rig = rig(calls: 2)
        rig.place(over: [1])
        rig.run(for: .seconds(5))
        rig.place(Sample.call(2), over: [1])
        rig.place(Sample.call(3), over: [1])
        #expect(rig.words(of: Sample.call(2)) == [])
        #expect(rig.words(of: Sample.call(3)).first == "tried 1 –")
    }

    @Test func `a ring time-out is for all addresses together`() {
        let rig = rig()
        rig.place(over: [1, 2], ringLimit: .seconds(8))
        rig.run(for: .seconds(6))
        rig.peer(1, 1).ring()
        rig.run(for: .seconds(2))
        #expect(rig.peer(1, 1).count(.cancel) == 1)
        #expect(rig.words() == ["ringing", "tried 1 –", "ended no_answer by limit"])
    }

    @Test func `a trunk that is taken away meanwhile is not called again`() {
        let rig = rig()
        rig.place(over: [1, 2])
        rig.configure([DeskRig.trunk(2)])
        rig.peer(1).respond(503)
        #expect(rig.peer(1, 1).requests.isEmpty)
        #expect(rig.peer(2).count(.invite) == 1)
    }
}
