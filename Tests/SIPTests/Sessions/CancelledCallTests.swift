import SIP
import Testing
import VirtualNetwork

@Suite struct CancelledCallTests {
    @Test func `a ringing call is cancelled`() throws {
        let rig = CallRig()
        rig.phone.scripts = [[.ring()]]
        let id = rig.place()
        rig.at(.seconds(5)) { $0.hangUp(id, reason: ReasonHeader("SIP", cause: 200, text: "Call completed elsewhere")) }
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(.cancelled, status: 487)])
        let invite = try #require(rig.phone.heard(.invite).first)
        let cancel = try #require(rig.phone.heard(.cancel).first)
        #expect(cancel.via?.branch == invite.via?.branch)
        #expect(cancel.cseq.number == invite.cseq.number)
        #expect(cancel.uri == invite.uri)
        #expect(cancel.to == invite.to)
        #expect(cancel.from == invite.from)
        #expect(cancel.headers.sipCause == 200)
        #expect(rig.phone.heard(.ack).count == 1)
        #expect(rig.releases == 1)
        #expect(rig.isClean)
    }

    @Test func `before the first provisional response no CANCEL is sent`() {
        let rig = CallRig()
        rig.phone.scripts = [[.ring(.seconds(4), 100)]]
        let id = rig.place()
        rig.at(.seconds(1)) { $0.hangUp(id) }
        rig.run(until: .seconds(4))
        #expect(rig.phone.heard(.cancel).isEmpty)
        rig.run(until: .seconds(120))
        #expect(rig.phone.heard(.cancel).count == 1)
        #expect(rig.ends == [CallEnd(.cancelled, status: 487)])
        #expect(rig.isClean)
    }

    @Test func `a call that nobody hears is cancelled without a CANCEL`() {
        let rig = CallRig()
        let id = rig.place()
        rig.at(.seconds(1)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        #expect(rig.phone.heard(.cancel).isEmpty)
        #expect(rig.ends == [CallEnd(.cancelled)])
        #expect(rig.isClean)
    }

    @Test func `an answer that crosses the CANCEL is acknowledged and hung up`() {
        let rig = CallRig()
        rig.phone.scripts = [[.ring(), .answer(.milliseconds(1010))]]
        let id = rig.place()
        rig.at(.milliseconds(1020)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(.cancelled, status: 200)])
        #expect(rig.answers.isEmpty)
        #expect(rig.phone.heard(.cancel).count == 1)
        #expect(rig.phone.heard(.ack).count == 1)
        #expect(rig.phone.heard(.bye).count == 1)
        #expect(rig.isClean)
    }

    @Test func `an answer before the deferred CANCEL could be sent is hung up`() {
        let rig = CallRig()
        rig.phone.scripts = [[.answer(.seconds(2))]]
        let id = rig.place()
        rig.at(.seconds(1)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(.cancelled, status: 200)])
        #expect(rig.phone.heard(.cancel).isEmpty)
        #expect(rig.phone.heard(.bye).count == 1)
        #expect(rig.isClean)
    }

    @Test func `a refusal that crosses the CANCEL is the truth`() {
        let rig = CallRig()
        rig.phone.scripts = [[.ring(), .refuse(.milliseconds(1010), 486)]]
        let id = rig.place()
        rig.at(.milliseconds(1020)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(.refused, status: 486)])
        #expect(rig.isClean)
    }

    @Test func `a trunk that ignores the CANCEL is given up 32 seconds later`() {
        let rig = CallRig()
        rig.phone.scripts = [[.ring()]]
        rig.phone.answersCancel = false
        let id = rig.place()
        rig.at(.seconds(5)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(.cancelled)])
        #expect(rig.events.contains { $0.event == .ended(id!, CallEnd(.cancelled)) && $0.at == .seconds(37) })
        #expect(rig.isClean)
    }

    @Test func `hanging up twice sends one CANCEL, and hanging up what is over nothing`() {
        let rig = CallRig()
        rig.phone.scripts = [[.ring()]]
        let id = rig.place()
        rig.at(.seconds(1)) { $0.hangUp(id) }
        rig.at(.milliseconds(1010)) { $0.hangUp(id) }
        rig.at(.seconds(3)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        #expect(rig.phone.heard(.cancel).count == 1)
        #expect(rig.phone.heard(.bye).isEmpty)
        #expect(rig.ends.count == 1)
    }
}
