import Domain
import SIP

// What the far end does: it rings, answers, refuses or hangs up.

extension PhoneDesk {
    func progressed(_ session: SessionID, status: UInt16, body: SIPBody?) {
        guard let call = calls.call(of: session), calls[call]?.answered == nil, var attempt = calls[call]?.attempt else { return }
        let hadEarlyMedia = attempt.hasEarlyMedia
        // 181 and 182 speak of other phones and of queues: nobody hears anything yet.
        if status == 180 || status == 183 { attempt.hasRung = true }
        calls[call]?.attempt = attempt
        // Two phones that sing at once cannot both be heard: the first one is.
        if let body, attempt.branches.count == 1, accept(body, in: session) {
            attempt.hasEarlyMedia = true
            calls[call]?.attempt?.hasEarlyMedia = true
        }
        if attempt.hasRung, status == 180 || attempt.hasEarlyMedia != hadEarlyMedia { tell(call, .ringing(earlyMedia: attempt.hasEarlyMedia)) }
    }

    func answered(_ session: SessionID, _ body: SIPBody, now: Duration, wall: Int64) {
        guard let call = calls.call(of: session), let desk = calls[call], desk.answered == nil, let attempt = desk.attempt else { return }
        calls[call]?.answered = session
        letGo(desk, now: now, except: session)
        if let branch = attempt.branches[session] { calls[call]?.attempt?.branches = [session: branch] }
        guard accept(body, in: session) else {
            let ending = PhoneEnding(.failed, by: .system, "The phone answered in a way that nothing could be heard.", sipStatus: 488)
            tell(call, .attempted(attempt.record(AttemptVerdict(ending, .none, "Its answer has no usable audio."), endedAt: wall)))
            letGo(session, now: now)
            return end(call, ending)
        }
        tell(call, .attempted(attempt.answered(at: wall)))
        tell(call, .answered)
    }

    func ended(_ session: SessionID, _ end: CallEnd, now: Duration, wall: Int64) {
        guard let call = calls.call(of: session) else { return }
        calls.detach(session)
        guard let desk = calls[call], var attempt = desk.attempt else { return }
        if desk.answered == session { return self.end(call, PhoneEnding(afterAnswer: end)) }
        attempt.branches[session] = nil
        attempt.note(AttemptVerdict(end, hasRung: attempt.hasRung, isExtension: attempt.trunk == nil))
        // Who declines on one phone has declined on all of them (RFC 3261 section 16.7, step 5).
        if let status = end.status, (600..<700).contains(status) {
            for other in attempt.branches.keys { letGo(other, now: now) }
            attempt.branches = [:]
        }
        settle(attempt, of: call, now: now, wall: wall)
    }
}
