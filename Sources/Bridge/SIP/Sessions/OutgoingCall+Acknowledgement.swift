// Our 2xx to a re-INVITE, until its ACK comes (RFC 3261 sections 13.3.1.4 and 14.2).

extension OutgoingCall {
    /// The answer as it has to be repeated. Its transaction repeats nothing (RFC 6026 section 7.1).
    func awaitAcknowledgement(of answer: SIPResponse, to request: SIPRequest, now: Duration) -> UnacknowledgedAnswer? {
        guard let destination = request.via?.responseAddress else { return nil }
        var datagram: [UInt8] = []
        answer.serialise(into: &datagram)
        return UnacknowledgedAnswer(
            sequence: request.cseq.number, datagram: datagram, destination: destination, awaitsAnswer: request.sessionBody == nil,
            retransmitAt: now + context.timers.t1, interval: context.timers.t1, giveUpAt: now + context.timers.patience)
    }

    func receiveAcknowledgement(_ acknowledgement: SIPRequest, into output: inout SessionOutput) {
        guard case .talking(var talk) = phase, let answer = talk.unacknowledged, answer.sequence == acknowledgement.cseq.number,
            acknowledgement.from.tag ?? "" == talk.tag
        else { return }
        talk.unacknowledged = nil
        phase = .talking(talk)
        guard answer.awaitsAnswer else { return }
        let body = acknowledgement.sessionBody
        if let body { remoteBody = body }
        output.add(.offerAnswered(id, body: body))
    }

    func repeatAnswer(now: Duration, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        guard case .talking(var talk) = phase, var answer = talk.unacknowledged, answer.deadline <= now else { return }
        if answer.giveUpAt <= now {
            withdrawQuestion(talk, into: &output)
            sendBye(to: talk.tag, using: &random, into: &output)
            end(CallEnd(.unacknowledged, wasAnswered: true), into: &output)
            return
        }
        output.add(.transmit(answer.datagram, to: answer.destination))
        answer.interval = min(answer.interval * 2, context.timers.t2)
        answer.retransmitAt = now + answer.interval
        talk.unacknowledged = answer
        phase = .talking(talk)
    }
}
