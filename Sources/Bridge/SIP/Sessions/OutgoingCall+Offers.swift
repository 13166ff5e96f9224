// Offers of the peer in the call: re-INVITE (RFC 3261 section 14.2) and UPDATE (RFC 3311 section 5.2).

extension OutgoingCall {
    func receiveOffer(
        _ request: SIPRequest, _ key: ServerTransactionKey, now: Duration, using random: inout some RandomNumberGenerator,
        into output: inout SessionOutput
    ) {
        if let unsupported = Capabilities.unsupported(by: request) {
            var answer = response(420, to: request)
            answer.headers[.unsupported] = unsupported
            output.add(.respond(answer, key))
            return
        }
        guard Capabilities.canRead(request) else {
            var answer = response(415, to: request)
            Capabilities.explain(&answer)
            output.add(.respond(answer, key))
            return
        }
        switch phase {
        case .talking(let talk):
            consider(request, key, talk, now: now, using: &random, into: &output)
        case .calling, .calledOff, .proceeding, .cancelling:
            // The offer of our INVITE has no answer that counts yet: this one crosses it.
            if request.method == .update, request.sessionBody == nil {
                if let index = early.firstIndex(where: { $0.dialog.id.remoteTag == request.from.tag ?? "" }) {
                    early[index].dialog.refreshTarget(request.contacts)
                }
                output.add(.respond(response(200, to: request), key))
            } else {
                output.add(.respond(response(491, to: request), key))
            }
        case .over:
            output.add(.respond(response(481, to: request), key))
        }
    }

    private func consider(
        _ request: SIPRequest, _ key: ServerTransactionKey, _ talk: Talk, now: Duration, using random: inout some RandomNumberGenerator,
        into output: inout SessionOutput
    ) {
        var talk = talk
        let body = request.sessionBody
        if request.method == .update, body == nil {
            refreshTarget(from: request, in: talk, into: &output)
            output.add(.respond(response(200, to: request), key))
            return
        }
        if talk.hasOwnOffer {
            output.add(.respond(response(491, to: request), key))
            return
        }
        let postponed: OfferExchange.Proposal?
        switch talk.exchange {
        case .asked:
            // One question at a time; the peer asks again when it has the answer to the first.
            var answer = response(500, to: request)
            answer.headers[.retryAfter] = "\(Int.random(in: 0...10, using: &random))"
            output.add(.respond(answer, key))
            return
        case .stable: postponed = nil
        case .asking(let proposal): postponed = proposal
        }
        // Whoever sends a new INVITE has our answer to the last one: its ACK is only late.
        if request.method == .invite { talk.unacknowledged = nil }
        questions += 1
        let token = OfferToken(session: id, number: questions)
        talk.exchange = .asked(
            OfferExchange.Question(token: token, request: request, key: key, deadline: now + context.offerPatience, postponed: postponed))
        phase = .talking(talk)
        if request.method == .invite { output.add(.respond(response(100, to: request), key)) }
        output.add(.offered(id, token, body: body, isUnchanged: body != nil && body == remoteBody))
    }

    // MARK: The caller's verdict

    /// Answers the question of `token`: with the answer, or with our offer where the peer asked for one.
    /// - Parameter body: `nil` for what we said last: right where the peer's offer is unchanged.
    /// - Returns: whether the question was still open.
    func answerOffer(_ token: OfferToken, with body: SIPBody?, now: Duration, into output: inout SessionOutput) -> Bool {
        guard case .talking(var talk) = phase, let question = talk.question(token) else { return false }
        let body = body ?? localBody
        var answer = response(200, to: question.request)
        answer.carry(body)
        localBody = body
        if let offer = question.request.sessionBody { remoteBody = offer }
        talk.exchange = question.afterwards
        if question.request.method == .invite { talk.unacknowledged = awaitAcknowledgement(of: answer, to: question.request, now: now) }
        phase = .talking(talk)
        refreshTarget(from: question.request, in: talk, into: &output)
        output.add(.respond(answer, question.key))
        return true
    }

    /// Refuses what `token` asks for; the session stays as it was.
    /// - Returns: whether the question was still open.
    func refuseOffer(_ token: OfferToken, status: UInt16, into output: inout SessionOutput) -> Bool {
        guard case .talking(var talk) = phase, let question = talk.question(token) else { return false }
        talk.exchange = question.afterwards
        phase = .talking(talk)
        output.add(.respond(response(max(status, 300), to: question.request), question.key))
        return true
    }

    // MARK: Questions without a verdict

    /// CANCEL of a re-INVITE (section 9.2).
    func withdraw(_ key: ServerTransactionKey, into output: inout SessionOutput) {
        guard case .talking(var talk) = phase, case .asked(let question) = talk.exchange, question.key == key else { return }
        withdrawQuestion(talk, into: &output)
        talk.exchange = question.afterwards
        phase = .talking(talk)
    }

    /// Answers 487 in place of the caller, who is told.
    func withdrawQuestion(_ talk: Talk, into output: inout SessionOutput) {
        guard case .asked(let question) = talk.exchange else { return }
        output.add(.respond(response(487, to: question.request), question.key))
        output.add(.offerWithdrawn(id, question.token))
    }

    /// A caller that does not answer is no reason to let the peer wait for ever.
    func expireQuestion(now: Duration, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        guard case .talking(var talk) = phase, case .asked(let question) = talk.exchange, question.deadline <= now else { return }
        talk.exchange = question.afterwards
        phase = .talking(talk)
        output.add(.respond(response(500, to: question.request), question.key))
        output.add(.offerWithdrawn(id, question.token))
    }

    private func refreshTarget(from request: SIPRequest, in talk: Talk, into output: inout SessionOutput) {
        guard let index = forks.firstIndex(where: { $0.tag == talk.tag }) else { return }
        let before = forks[index].dialog.remoteTarget
        forks[index].dialog.refreshTarget(request.contacts)
        if forks[index].dialog.remoteTarget != before { output.add(.dialog(id, snapshot)) }
    }
}

extension Talk {
    fileprivate func question(_ token: OfferToken) -> OfferExchange.Question? {
        switch exchange {
        case .asked(let question) where question.token == token: question
        case .stable, .asked, .asking: nil
        }
    }
}
