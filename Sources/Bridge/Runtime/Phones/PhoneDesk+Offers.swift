import Domain
import Media
import SIP

// What is agreed on with the far end about audio: its answers to our offers, and its own offers in the call.

extension PhoneDesk {
    /// Takes what the far end says about its audio; `false` if nothing can be done with it.
    @discardableResult
    func accept(_ body: SIPBody, in session: SessionID) -> Bool {
        guard let call = calls.call(of: session), body.isType("application/sdp"),
            let media = try? calls[call]?.attempt?.branches[session]?.negotiation.accept(answer: body.bytes)
        else { return false }
        return tell(media, call, session)
    }

    @discardableResult
    private func tell(_ media: TelephoneMedia, _ call: CallID, _ session: SessionID, isReoffered: Bool = false) -> Bool {
        guard let attempt = calls[call]?.attempt, let branch = attempt.branches[session] else { return false }
        tell(call, .media(media, local: branch.local, latches: attempt.latches, isReoffered: isReoffered))
        return true
    }

    /// An offer in the call. The call is never ended for one that does not fit: it is refused, and all stays as it was.
    func offered(_ session: SessionID, _ token: OfferToken, _ body: SIPBody?, isUnchanged: Bool, now: Duration) {
        guard let call = calls.call(of: session), var branch = calls[call]?.attempt?.branches[session] else {
            endpoint.refuseOffer(token, status: 481, now: now, random: &random)
            return
        }
        if isUnchanged {
            endpoint.answerOffer(token, with: nil, now: now, random: &random)
            // Nothing is new, but where its RTP comes from may be: a NAT in between has forgotten the way.
            if let media = branch.negotiation.media { tell(media, call, session, isReoffered: true) }
        } else if let body {
            guard body.isType("application/sdp"), let answer = try? branch.negotiation.answer(offer: body.bytes) else {
                // Said, though it is the default: Swift 6.3.1 crashes on a generic call's default argument in a debug build.
                endpoint.refuseOffer(token, status: 488, now: now, random: &random)
                return
            }
            calls[call]?.attempt?.branches[session] = branch
            endpoint.answerOffer(token, with: SIPBody(Array(answer.sdp.utf8)), now: now, random: &random)
            tell(answer.media, call, session, isReoffered: true)
        } else {
            // It asks for our offer: all that we can do, which also resumes a held call (RFC 6337 section 5.2.5).
            let offer = branch.negotiation.offer()
            calls[call]?.attempt?.branches[session] = branch
            endpoint.answerOffer(token, with: SIPBody(Array(offer.utf8)), now: now, random: &random)
        }
    }
}
