// Giving up before the answer (RFC 3261 section 9.1).

extension OutgoingCall {
    /// Ends the call from our side, by what is right in its state: CANCEL, later BYE. A second time changes nothing.
    func hangUp(reason: ReasonHeader?, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        hangUpReason = reason
        switch phase {
        case .calling:
            phase = .calledOff(CallEnd(.cancelled))
        case .proceeding:
            sendCancel(into: &output)
            phase = .cancelling(CallEnd(.cancelled))
        case .talking(let talk):
            withdrawQuestion(talk, into: &output)
            sendBye(to: talk.tag, using: &random, into: &output)
            end(CallEnd(.hungUp, wasAnswered: true), into: &output)
        case .calledOff, .cancelling, .over:
            break
        }
    }

    /// The CANCEL of the INVITE that is out: the same but for the method, so that every proxy finds what it belongs to.
    func sendCancel(into output: inout SessionOutput) {
        needsCancelAgain = false
        var cancel = SIPRequest(
            .cancel, uri: invite.uri, vias: invite.vias, from: invite.from, to: invite.to, callID: callID, cseq: invite.cseq.number,
            routes: invite.routes)
        if let hangUpReason { cancel.headers[.reason] = hangUpReason.value }
        send(cancel, to: path.nextHop, as: .cancel, into: &output)
        if let branch = invite.via?.branch { output.add(.noteCancel(branch: branch)) }
    }

    /// The final response to the INVITE tells how it went; only that the CANCEL found nothing is worth to know.
    func receiveCancelResponse(_ response: SIPResponse) {
        if response.status == 481 { needsCancelAgain = true }
    }
}
