import SIP
import Testing
import VirtualNetwork

/// Offers of ours in an answered call.
@Suite struct ChangedSessionTests {
    private static let hold = SIPBody(Array("v=0 we hold".utf8))

    private func rig(_ verdicts: [VirtualPhone.Step]) -> (CallRig, SessionID?) {
        let rig = CallRig()
        rig.phone.scripts = [[.answer()]]
        rig.phone.reinviteVerdicts = verdicts
        let id = rig.place()
        rig.at(.seconds(2)) { rig in
            let isPossible = id.map { rig.endpoint.changeSession($0, to: Self.hold, now: rig.now, random: &rig.random) }
            #expect(isPossible == true)
            let isPossibleAgain = id.map { rig.endpoint.changeSession($0, to: Self.hold, now: rig.now, random: &rig.random) }
            #expect(isPossibleAgain == false)
            rig.drain()
        }
        return (rig, id)
    }

    private func outcome(_ rig: CallRig) -> [SIPEvent] {
        rig.events.map(\.event).filter {
            switch $0 {
            case .offerAnswered, .offerRefused: true
            case .trying, .progress, .answered, .offered, .offerWithdrawn, .ended, .dialog, .released, .registration, .probed: false
            }
        }
    }

    @Test func `our offer is answered, and its ACK belongs to it`() throws {
        let (rig, id) = rig([.answer()])
        rig.run(until: .seconds(10))
        #expect(outcome(rig) == [.offerAnswered(id!, body: CallRig.answer)])
        let invites = rig.phone.heard(.invite)
        #expect(invites.count == 2)
        #expect(invites.last?.to.tag == "phone")
        #expect(invites.last?.cseq.number == 2)
        #expect(invites.last?.sessionBody == Self.hold)
        #expect(rig.phone.heard(.ack).map(\.cseq.number) == [1, 2])
    }

    @Test func `a refusal leaves the call as it was`() {
        let (rig, id) = rig([.refuse(.zero, 488)])
        rig.run(until: .seconds(10))
        #expect(outcome(rig) == [.offerRefused(id!, status: 488)])
        #expect(rig.ends.isEmpty)
    }

    @Test func `two offers that cross get 491 each, and ours comes again after 2.1 to 4 seconds`() throws {
        let (rig, id) = rig([.refuse(.milliseconds(50), 491), .answer()])
        rig.at(.seconds(2)) { $0.phone.send(.invite, body: Self.hold, now: $0.now) }
        rig.run(until: .seconds(20))
        #expect(rig.phone.responses.filter(\.isFinal).map(\.status) == [491])
        let times = rig.phone.heard.filter { $0.request.method == .invite && $0.request.cseq.number > 1 }.map(\.at)
        #expect(times.count == 2)
        // It was refused after 50 ms and two times 20 ms on the way.
        let wait = try #require(times.last) - (try #require(times.first)) - .milliseconds(90)
        #expect(wait >= .milliseconds(2100) && wait <= .seconds(4))
        #expect(outcome(rig) == [.offerAnswered(id!, body: CallRig.answer)])
    }

    @Test func `the peer's offer between two tries goes first, ours afterwards`() {
        let (rig, id) = rig([.refuse(.zero, 491), .answer()])
        rig.onEvent = { event, rig in
            if case .offered(_, let token, _, _) = event {
                rig.at(rig.now + .seconds(5)) { $0.endpoint.answerOffer(token, with: CallRig.offer, now: $0.now, random: &$0.random) }
            }
        }
        rig.at(.milliseconds(2500)) { $0.phone.send(.invite, body: CallRig.answer, now: $0.now) }
        rig.run(until: .seconds(20))
        #expect(rig.phone.responses.filter(\.isFinal).map(\.status) == [200])
        #expect(outcome(rig) == [.offerAnswered(id!, body: CallRig.answer)])
        #expect(rig.phone.heard.last { $0.request.method == .invite }.map { $0.at > .seconds(7) } == true)
    }

    @Test func `who always collides is not asked for ever`() {
        let (rig, id) = rig(Array(repeating: .refuse(.zero, 491), count: 20))
        rig.run(until: .seconds(60))
        #expect(outcome(rig) == [.offerRefused(id!, status: 491)])
        #expect(rig.phone.heard(.invite).count == 6)
    }

    @Test(arguments: [(481, CallEnd.Cause.forgotten), (408, .timedOut)] as [(UInt16, CallEnd.Cause)])
    func `a peer that has forgotten the call ends it`(status: UInt16, cause: CallEnd.Cause) {
        let (rig, _) = rig([.refuse(.zero, status)])
        rig.run(until: .seconds(120))
        #expect(rig.ends == [CallEnd(cause, status: status, wasAnswered: true)])
        #expect(rig.phone.heard(.bye).count == 1)
        #expect(rig.isClean)
    }
}
