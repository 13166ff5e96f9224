// Offers of ours in the call (RFC 3261 section 14.1).

extension OutgoingCall {
    /// How often an offer is tried again after it has crossed one of the peer.
    private static let collisionLimit = 4

    /// Offers `body` to the peer: hold, resume, other codecs.
    /// - Returns: whether it can be offered now: the call is up, and neither side has an offer without answer.
    func changeSession(_ body: SIPBody, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) -> Bool {
        guard case .talking(var talk) = phase, case .stable = talk.exchange, talk.unacknowledged == nil else { return false }
        talk.exchange = .asking(OfferExchange.Proposal(body: body))
        phase = .talking(talk)
        sendReinvite(body, in: talk, using: &random, into: &output)
        return true
    }

    private func sendReinvite(_ body: SIPBody, in talk: Talk, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        guard let index = forks.firstIndex(where: { $0.tag == talk.tag }) else { return }
        var reinvite = forks[index].dialog.makeRequest(.invite, via: path.makeVia(using: &random))
        reinvite.contacts = [contact]
        reinvite.headers[.allow] = Capabilities.allow
        reinvite.carry(body)
        digest?.authorize(&reinvite)
        lastReinvite = reinvite
        // The number is in the journal before it is on the wire: a later BYE must be higher.
        output.add(.dialog(id, snapshot))
        send(reinvite, to: path.destination(of: forks[index].dialog), as: .reinvite, into: &output)
    }

    func receiveReinviteResponse(
        _ response: SIPResponse, now: Duration, using random: inout some RandomNumberGenerator, into output: inout SessionOutput
    ) {
        guard response.isFinal else { return }
        if response.isSuccess {
            acceptReinvite(response, using: &random, into: &output)
            return
        }
        guard case .talking(var talk) = phase, case .asking(var proposal) = talk.exchange else { return }
        if isChallenge(response), digest?.receive(response, using: &random) == .retry {
            sendReinvite(proposal.body, in: talk, using: &random, into: &output)
            return
        }
        switch response.status {
        case 491 where proposal.collisions < Self.collisionLimit:
            // We chose the Call-ID: 2.1 to 4 s, in steps of 10 ms; the peer comes back sooner (section 14.1).
            proposal.collisions += 1
            proposal.retryAt = now + .milliseconds(10 * Int.random(in: 210...400, using: &random))
            talk.exchange = .asking(proposal)
            phase = .talking(talk)
        case 408, 481:
            lose(talk, status: response.status, using: &random, into: &output)
        // An open set: any other refusal leaves the session as it was.
        default:
            talk.exchange = .stable
            phase = .talking(talk)
            output.add(.offerRefused(id, status: response.status))
        }
    }

    private func acceptReinvite(_ response: SIPResponse, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        let tag = response.to.tag ?? ""
        guard let index = forks.firstIndex(where: { $0.tag == tag }), let lastReinvite, lastReinvite.cseq.number == response.cseq.number else {
            return
        }
        if case .talking(let talk) = phase, let sent = talk.reinviteAcknowledgement, sent.sequence == response.cseq.number {
            output.add(.transmit(sent.datagram, to: sent.destination))
            return
        }
        forks[index].dialog.refreshTarget(response.contacts)
        let datagram = makeAcknowledgement(in: forks[index].dialog, of: lastReinvite.cseq.number, like: lastReinvite, using: &random)
        let destination = path.destination(of: forks[index].dialog)
        output.add(.transmit(datagram, to: destination))
        // After our BYE only the ACK is owed.
        guard case .talking(var talk) = phase, case .asking(let proposal) = talk.exchange else { return }
        talk.reinviteAcknowledgement = (response.cseq.number, datagram, destination)
        talk.exchange = .stable
        phase = .talking(talk)
        localBody = proposal.body
        if let body = response.sessionBody { remoteBody = body }
        output.add(.dialog(id, snapshot))
        output.add(.offerAnswered(id, body: response.sessionBody))
    }

    /// Nobody answered: the dialog is broken (sections 12.2.1.2 and 14.1).
    func failReinvite(_ failure: RequestFailure, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        guard case .talking(let talk) = phase, case .asking = talk.exchange else { return }
        lose(talk, status: 408, using: &random, into: &output)
    }

    func retryReinvite(now: Duration, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        guard case .talking(var talk) = phase, case .asking(var proposal) = talk.exchange, let retryAt = proposal.retryAt, retryAt <= now else {
            return
        }
        if let answer = talk.unacknowledged {
            // The INVITE of the peer that collided with ours is not over before its ACK (section 14.1).
            proposal.retryAt = max(answer.deadline, now + context.timers.t1)
            talk.exchange = .asking(proposal)
            phase = .talking(talk)
            return
        }
        proposal.retryAt = nil
        talk.exchange = .asking(proposal)
        phase = .talking(talk)
        sendReinvite(proposal.body, in: talk, using: &random, into: &output)
    }

    private func lose(_ talk: Talk, status: UInt16, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        sendBye(to: talk.tag, using: &random, into: &output)
        end(CallEnd(status == 481 ? .forgotten : .timedOut, status: status, wasAnswered: true), into: &output)
    }
}
