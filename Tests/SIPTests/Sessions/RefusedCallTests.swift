import SIP
import Testing
import VirtualNetwork

@Suite struct RefusedCallTests {
    @Test(arguments: [302, 400, 403, 404, 480, 486, 488, 500, 503, 600, 603] as [UInt16])
    func `a refusal is acknowledged in its transaction and told with its status`(status: UInt16) throws {
        let rig = CallRig()
        rig.phone.scripts = [[.ring(), .refuse(.seconds(1), status, headers: [HeaderField(.reason, "Q.850;cause=17")])]]
        rig.place()
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(.refused, status: status, q850Cause: 17)])
        #expect(rig.releases == 1)
        let invite = try #require(rig.phone.heard(.invite).first)
        let ack = try #require(rig.phone.heard(.ack).first)
        #expect(ack.via?.branch == invite.via?.branch)
        #expect(ack.uri == invite.uri)
        #expect(ack.to.tag == "phone")
        #expect(ack.cseq.number == invite.cseq.number)
        #expect(rig.phone.heard(.invite).count == 1)
        #expect(rig.isClean)
    }

    @Test func `nobody answers: the INVITE is sent seven times, and the call has timed out`() {
        let rig = CallRig()
        rig.place()
        rig.run(until: .seconds(120))
        #expect(rig.phone.heard(.invite).count == 7)
        #expect(rig.ends == [CallEnd(.timedOut)])
        #expect(rig.events.last.map { $0.at } == .seconds(32))
        #expect(rig.isClean)
    }

    @Test func `a port that is closed ends the call at once`() {
        let rig = CallRig()
        rig.place()
        rig.at(.milliseconds(40)) { $0.endpoint.failTransport(to: CallRig.trunk, now: $0.now, random: &$0.random) }
        rig.run(until: .seconds(1))
        #expect(rig.ends == [CallEnd(.unreachable)])
        #expect(rig.isClean)
    }

    @Test func `a trunk that rings for ever is the caller's to cancel`() {
        let rig = CallRig()
        rig.phone.scripts = [[.ring()]]
        let id = rig.place()
        rig.at(.seconds(60)) { $0.hangUp(id) }
        rig.run(until: .seconds(59))
        #expect(rig.ends.isEmpty)
        rig.run(until: .seconds(200))
        #expect(rig.ends == [CallEnd(.cancelled, status: 487)])
        #expect(rig.isClean)
    }
}
