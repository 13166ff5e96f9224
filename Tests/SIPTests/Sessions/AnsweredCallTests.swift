import SIP
import Testing
import VirtualNetwork

@Suite struct AnsweredCallTests {
    @Test func `a call rings, is answered, and the peer hangs up`() {
        let rig = CallRig()
        rig.phone.scripts = [[.ring(), .answer(.seconds(3))]]
        rig.place()
        rig.at(.seconds(30)) { $0.phone.send(.bye, headers: [HeaderField(.reason, "Q.850;cause=16;text=\"Normal\"")], now: $0.now) }
        rig.run(until: .seconds(120))
        #expect(rig.progress == [180])
        #expect(rig.answers == [CallRig.answer])
        #expect(rig.ends == [CallEnd(.peerHungUp, q850Cause: 16, wasAnswered: true)])
        #expect(rig.releases == 1)
        #expect(rig.phone.heard(.ack).count == 1)
        #expect(rig.phone.responses.map(\.status) == [200])
        #expect(rig.isClean)
    }

    @Test func `a call is answered, and we hang up`() {
        let rig = CallRig()
        rig.phone.scripts = [[.answer(.seconds(1))]]
        let id = rig.place()
        rig.at(.seconds(10)) { $0.hangUp(id, reason: ReasonHeader("Q.850", cause: 16)) }
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(.hungUp, wasAnswered: true)])
        #expect(rig.releases == 1)
        let byes = rig.phone.heard(.bye)
        #expect(byes.count == 1)
        #expect(byes.first?.cseq.number == 2)
        #expect(byes.first?.to.tag == "phone")
        #expect(byes.first?.headers.q850Cause == 16)
        #expect(byes.first?.uri.text == "sip:phone@10.0.0.2:5060")
        #expect(rig.isClean)
    }

    @Test func `the INVITE says who calls, where we are, what we offer and what we understand`() throws {
        let rig = CallRig()
        rig.place()
        let invite = try #require(rig.sentRequests.first)
        #expect(invite.uri.text == "sip:+4930123456@10.0.0.2:5060")
        #expect(invite.from.displayName == "Room")
        #expect(invite.from.tag?.isEmpty == false)
        #expect(invite.to.tag == nil)
        #expect(invite.contacts.map(\.text) == ["<sip:ringlink@10.0.0.1:5060>"])
        #expect(invite.headers[.pAssertedIdentity] == "<sip:+4940987654@10.0.0.2:5060>")
        #expect(invite.headers[.userAgent] == "ringlink-test")
        #expect(invite.headers[.allow]?.contains("UPDATE") == true)
        #expect(invite.headers[.allow]?.contains("PRACK") == false)
        #expect(!invite.headers.contains(.supported))
        #expect(invite.sessionBody == CallRig.offer)
        #expect(invite.maxForwards == 70)
        #expect(invite.via?.rport == .requested)
        #expect(invite.via?.hasMagicCookie == true)
    }

    @Test func `early media comes with the 183, and the answer may come without a body`() {
        let rig = CallRig()
        let early = SIPBody(Array("v=0 early".utf8))
        rig.phone.scripts = [[.ring(.zero, 100), .ring(.milliseconds(100), 183, body: early), .refuse(.seconds(2), 200)]]
        rig.place()
        rig.run(until: .seconds(10))
        let progress = rig.events.compactMap { if case .progress(_, 183, let body, "phone") = $0.event { body } else { nil } }
        #expect(progress == [early])
        #expect(rig.answers == [early])
        #expect(rig.ends.isEmpty)
    }

    @Test func `an answer that never says what it accepts is acknowledged and hung up`() {
        let rig = CallRig()
        rig.phone.scripts = [[.ring(), .refuse(.seconds(1), 200)]]
        rig.place()
        rig.run(until: .seconds(120))
        #expect(rig.answers.isEmpty)
        #expect(rig.ends == [CallEnd(.noSessionDescription, status: 200, wasAnswered: true)])
        #expect(rig.phone.heard(.ack).count == 1)
        #expect(rig.phone.heard(.bye).count == 1)
        #expect(rig.isClean)
    }

    @Test func `each repetition of the 200 gets the same ACK`() {
        let rig = CallRig()
        rig.phone.scripts = [[.answer(.seconds(1)), .answer(.seconds(2)), .answer(.seconds(4))]]
        rig.place()
        rig.run(until: .seconds(10))
        let acks = rig.phone.heard(.ack)
        #expect(acks.count == 3)
        #expect(Set(acks.compactMap { $0.via?.branch }).count == 1)
        #expect(acks.first?.via?.branch != rig.sentRequests(.invite).first?.via?.branch)
        #expect(rig.answers.count == 1)
    }

    @Test func `both hang up at once, each gets its 200, and the call ends once`() {
        let rig = CallRig()
        rig.phone.scripts = [[.answer(.seconds(1))]]
        let id = rig.place()
        rig.at(.seconds(10)) {
            $0.hangUp(id)
            $0.phone.send(.bye, now: $0.now)
            $0.drain()
        }
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(.hungUp, wasAnswered: true)])
        #expect(rig.phone.responses.map(\.status) == [200])
        #expect(rig.releases == 1)
        #expect(rig.isClean)
    }

    @Test func `a BYE that comes before the 200 ends the call, and the late 200 is let go`() {
        let rig = CallRig()
        rig.phone.scripts = [[.ring(), .answer(.seconds(2))]]
        rig.place()
        rig.at(.seconds(1)) { $0.phone.send(.bye, now: $0.now) }
        rig.run(until: .seconds(120))
        #expect(rig.ends.map(\.cause) == [.peerHungUp])
        #expect(rig.phone.heard(.cancel).count == 1)
        #expect(rig.answers.isEmpty)
        #expect(rig.isClean)
    }

    @Test func `a journal hears of the call before its INVITE is sent, and of the dialog when it is answered`() throws {
        let rig = CallRig()
        rig.phone.scripts = [[.answer(.seconds(1))]]
        rig.place()
        let first = try #require(rig.snapshots.first)
        #expect(first.stage == .inviting)
        #expect(first.inviteBranch == rig.sentRequests.first?.via?.branch)
        rig.run(until: .seconds(5))
        let last = try #require(rig.snapshots.last)
        #expect(last.stage == .confirmed)
        #expect(last.remote.contains("tag=phone"))
        #expect(last.remoteTarget == "sip:phone@10.0.0.2:5060")
    }
}
