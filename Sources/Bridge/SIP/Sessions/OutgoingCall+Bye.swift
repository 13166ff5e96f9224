// The end of an answered call, from either side (RFC 3261 section 15).

extension OutgoingCall {
    /// Sends BYE to one of those who have picked up.
    func sendBye(to tag: String, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        guard let index = forks.firstIndex(where: { $0.tag == tag }), forks[index].stage != .left else { return }
        var bye = forks[index].dialog.makeRequest(.bye, via: path.makeVia(using: &random))
        if let hangUpReason { bye.headers[.reason] = hangUpReason.value }
        digest?.authorize(&bye)
        forks[index].stage = .leaving
        send(bye, to: path.destination(of: forks[index].dialog), as: .bye(remoteTag: tag), into: &output)
    }

    /// Whatever the answer, the call is over (section 15.1.1); but a challenge means that the peer does not know yet.
    func receiveByeResponse(
        _ response: SIPResponse, from tag: String, using random: inout some RandomNumberGenerator, into output: inout SessionOutput
    ) {
        guard response.isFinal else { return }
        if isChallenge(response), digest?.receive(response, using: &random) == .retry {
            sendBye(to: tag, using: &random, into: &output)
            return
        }
        leave(tag, into: &output)
    }

    /// There is nothing more to say to that fork.
    func leave(_ tag: String, into output: inout SessionOutput) {
        if let index = forks.firstIndex(where: { $0.tag == tag }) { forks[index].stage = .left }
        releaseIfDone(into: &output)
    }

    /// The peer hangs up (section 15.1.2). Also where our BYE crosses its own, each gets its 200.
    func receiveBye(_ request: SIPRequest, _ key: ServerTransactionKey, into output: inout SessionOutput) {
        let tag = request.from.tag ?? ""
        output.add(.respond(response(200, to: request), key))
        let end = CallEnd(.peerHungUp, q850Cause: request.headers.q850Cause, wasAnswered: true)
        switch phase {
        case .talking(let talk) where talk.tag == tag:
            withdrawQuestion(talk, into: &output)
            leave(tag, into: &output)
            self.end(end, into: &output)
        case .calling, .proceeding, .calledOff, .cancelling:
            // It answered, we never heard it, and it gave up waiting for our ACK. Others must not ring on.
            early.removeAll { $0.dialog.id.remoteTag == tag }
            giveUp(as: end, into: &output)
        case .talking, .over:
            leave(tag, into: &output)
        }
    }

    private func giveUp(as end: CallEnd, into output: inout SessionOutput) {
        switch phase {
        case .calling: phase = .calledOff(end)
        case .proceeding:
            sendCancel(into: &output)
            phase = .cancelling(end)
        case .calledOff, .cancelling, .talking, .over: break
        }
    }
}
