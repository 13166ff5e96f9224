import SIP
import Testing
import VirtualNetwork

/// Offers of the peer in an answered call.
@Suite struct OfferTests {
    private static let hold = SIPBody(Array("v=0 hold".utf8))
    private static let ours = SIPBody(Array("v=0 ours".utf8))

    /// A call that is up at 1 s, whose driver answers each offer so.
    private func rig(_ answer: ((OfferToken, CallRig) -> Void)? = nil) -> (CallRig, SessionID?) {
        let rig = CallRig()
        rig.phone.scripts = [[.answer()]]
        rig.onEvent = { event, rig in
            guard case .offered(_, let token, _, _) = event else { return }
            if let answer { answer(token, rig) } else { rig.endpoint.answerOffer(token, with: Self.ours, now: rig.now, random: &rig.random) }
        }
        return (rig, rig.place())
    }

    private func finals(_ rig: CallRig) -> [UInt16] { rig.phone.responses.filter(\.isFinal).map(\.status) }

    private func offers(_ rig: CallRig) -> [SIPEvent] {
        rig.events.map(\.event).filter { if case .offered = $0 { true } else { false } }
    }

    @Test func `hold and resume are asked, answered and acknowledged`() throws {
        let (rig, id) = rig()
        rig.at(.seconds(2)) { $0.phone.send(.invite, body: Self.hold, now: $0.now) }
        rig.at(.seconds(4)) { $0.phone.send(.invite, body: CallRig.answer, now: $0.now) }
        rig.at(.seconds(9)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        #expect(offers(rig).count == 2)
        #expect(rig.phone.responses.map(\.status) == [100, 200, 100, 200])
        let answer = try #require(rig.phone.responses.last)
        #expect(answer.sessionBody == Self.ours)
        #expect(answer.contacts.first?.text == "<sip:ringlink@10.0.0.1:5060>")
        #expect(rig.ends == [CallEnd(.hungUp, wasAnswered: true)])
        #expect(rig.isClean)
    }

    @Test func `a refreshed session is told as unchanged, and answered with what we said last`() throws {
        let (rig, _) = rig { token, rig in rig.endpoint.answerOffer(token, with: nil, now: rig.now, random: &rig.random) }
        rig.at(.seconds(2)) { $0.phone.send(.invite, body: CallRig.answer, now: $0.now) }
        rig.at(.seconds(4)) { $0.phone.send(.update, body: CallRig.answer, now: $0.now) }
        rig.run(until: .seconds(10))
        let unchanged = rig.events.compactMap { if case .offered(_, _, _, let isUnchanged) = $0.event { isUnchanged } else { nil } }
        #expect(unchanged == [true, true])
        #expect(rig.phone.responses.last?.sessionBody == CallRig.offer)
        #expect(finals(rig) == [200, 200])
    }

    @Test func `a re-INVITE without an offer gets ours, and its ACK brings the answer`() {
        let (rig, _) = rig()
        rig.phone.acknowledgementBody = Self.hold
        rig.at(.seconds(2)) { $0.phone.send(.invite, now: $0.now) }
        rig.run(until: .seconds(10))
        #expect(rig.phone.responses.last?.sessionBody == Self.ours)
        let answers = rig.events.compactMap { if case .offerAnswered(_, let body) = $0.event { body } else { nil } }
        #expect(answers == [Self.hold])
    }

    @Test func `an offer that is refused leaves the call as it was`() {
        let (rig, id) = rig { token, rig in rig.endpoint.refuseOffer(token, now: rig.now, random: &rig.random) }
        rig.at(.seconds(2)) { $0.phone.send(.invite, body: Self.hold, now: $0.now) }
        rig.at(.seconds(40)) { $0.hangUp(id) }
        rig.run(until: .seconds(120))
        #expect(finals(rig) == [488])
        #expect(rig.ends == [CallEnd(.hungUp, wasAnswered: true)])
        #expect(rig.isClean)
    }

    @Test func `a driver that does not answer costs the offer, not the call`() {
        let (rig, _) = rig { _, _ in }
        rig.at(.seconds(2)) { $0.phone.send(.invite, body: Self.hold, now: $0.now) }
        rig.run(until: .seconds(60))
        #expect(finals(rig) == [500])
        #expect(rig.events.contains { if case .offerWithdrawn = $0.event { true } else { false } })
        #expect(rig.ends.isEmpty)
    }

    @Test func `a question can be answered once`() {
        var verdicts: [Bool] = []
        let (rig, _) = rig { token, rig in
            verdicts.append(rig.endpoint.answerOffer(token, with: Self.ours, now: rig.now, random: &rig.random))
            verdicts.append(rig.endpoint.answerOffer(token, with: Self.ours, now: rig.now, random: &rig.random))
            verdicts.append(rig.endpoint.refuseOffer(token, now: rig.now, random: &rig.random))
        }
        rig.at(.seconds(2)) { $0.phone.send(.invite, body: Self.hold, now: $0.now) }
        rig.run(until: .seconds(10))
        #expect(verdicts == [true, false, false])
        #expect(finals(rig) == [200])
    }

    @Test func `an answer without ACK is repeated for 32 seconds, then the call is hung up`() {
        let (rig, _) = rig()
        rig.phone.acknowledges = false
        rig.at(.seconds(2)) { $0.phone.send(.invite, body: Self.hold, now: $0.now) }
        rig.run(until: .seconds(200))
        #expect(finals(rig).count == 11)
        #expect(rig.ends == [CallEnd(.unacknowledged, wasAnswered: true)])
        #expect(rig.phone.heard(.bye).count == 1)
        #expect(rig.isClean)
    }

    @Test func `a second offer while the first is open is sent away for later`() {
        let (rig, _) = rig { token, rig in
            rig.at(rig.now + .seconds(1)) { $0.endpoint.answerOffer(token, with: Self.ours, now: $0.now, random: &$0.random) }
        }
        rig.at(.seconds(2)) { $0.phone.send(.update, body: Self.hold, now: $0.now) }
        rig.at(.milliseconds(2500)) { $0.phone.send(.update, body: Self.hold, now: $0.now) }
        rig.run(until: .seconds(10))
        #expect(finals(rig) == [500, 200])
        #expect(rig.phone.responses.first { $0.status == 500 }?.headers.number(.retryAfter).map { $0 <= 10 } == true)
    }

    @Test func `an offer before the answer to ours is 491, an UPDATE without offer 200`() {
        let rig = CallRig()
        rig.phone.scripts = [[.ring(), .answer(.seconds(5))]]
        rig.place()
        rig.at(.seconds(1)) { $0.phone.send(.update, body: Self.hold, now: $0.now) }
        rig.at(.seconds(2)) { $0.phone.send(.update, now: $0.now) }
        rig.at(.seconds(3)) { $0.phone.send(.invite, body: Self.hold, now: $0.now) }
        rig.run(until: .seconds(10))
        #expect(finals(rig) == [491, 200, 491])
        #expect(rig.answers.count == 1)
        #expect(rig.ends.isEmpty)
    }

    @Test func `the peer takes its re-INVITE back`() {
        let (rig, _) = rig { _, _ in }
        rig.at(.seconds(2)) { $0.phone.send(.invite, body: Self.hold, now: $0.now) }
        rig.at(.seconds(3)) { $0.phone.cancelInvite(now: $0.now) }
        rig.run(until: .seconds(60))
        #expect(finals(rig).sorted() == [200, 487])
        #expect(rig.events.contains { if case .offerWithdrawn = $0.event { true } else { false } })
        #expect(rig.ends.isEmpty)
    }

    @Test func `a BYE ends also a call with an open question`() {
        let (rig, _) = rig { _, _ in }
        rig.at(.seconds(2)) { $0.phone.send(.invite, body: Self.hold, now: $0.now) }
        rig.at(.seconds(3)) { $0.phone.send(.bye, now: $0.now) }
        rig.run(until: .seconds(120))
        #expect(finals(rig).sorted() == [200, 487])
        #expect(rig.ends == [CallEnd(.peerHungUp, wasAnswered: true)])
        #expect(rig.isClean)
    }

    @Test func `a body that nobody here reads is 415, an extension that nobody here knows 420`() {
        let (rig, _) = rig()
        rig.at(.seconds(2)) { $0.phone.send(.invite, body: SIPBody(contentType: "text/plain", [1]), now: $0.now) }
        rig.at(.seconds(3)) { $0.phone.send(.invite, body: Self.hold, headers: [HeaderField(.require, "100rel, timer")], now: $0.now) }
        rig.run(until: .seconds(10))
        #expect(finals(rig) == [415, 420])
        #expect(rig.phone.responses.first { $0.status == 415 }?.headers[.accept] == "application/sdp")
        #expect(rig.phone.responses.first { $0.status == 420 }?.headers[.unsupported] == "100rel, timer")
        #expect(offers(rig).isEmpty)
        #expect(rig.ends.isEmpty)
    }
}
