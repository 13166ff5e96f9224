// The INVITE and everything that may come back but a 2xx (RFC 3261 sections 13.2.1 and 13.2.2).

extension OutgoingCall {
    /// A call whose INVITE is made and goes out with `start`.
    convenience init(
        placing request: OutgoingCallRequest, id: SessionID, context: SessionContext, using random: inout some RandomNumberGenerator
    ) {
        let callID = TransactionNames.callID(using: &random)
        let localTag = TransactionNames.tag(using: &random)
        var from = request.from
        from.tag = localTag
        var to = request.to
        to.tag = nil
        var invite = SIPRequest(
            .invite, uri: request.target, from: from, to: to, callID: callID, cseq: 1,
            contacts: [NameAddress(SIPURI(user: request.contactUser, request.local))], routes: request.routes, headers: request.headers)
        invite.headers[.allow] = Capabilities.allow
        invite.headers[.accept] = Capabilities.accept
        if let identity = request.assertedIdentity { invite.headers[.pAssertedIdentity] = identity.text }
        invite.carry(request.offer)
        self.init(request, id: id, context: context, callID: callID, localTag: localTag, phase: .calling, invite: invite)
    }

    /// Sends the INVITE, with a branch of its own.
    func start(using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        invite.vias = [path.makeVia(using: &random)]
        output.add(.dialog(id, snapshot))
        send(invite, to: path.nextHop, as: .invite, into: &output)
    }

    func receiveInviteResponse(
        _ response: SIPResponse, now: Duration, using random: inout some RandomNumberGenerator, into output: inout SessionOutput
    ) {
        if response.isProvisional {
            receiveProvisional(response, into: &output)
        } else if response.isSuccess {
            isInviteOpen = false
            accept(response, using: &random, into: &output)
        } else {
            isInviteOpen = false
            refuse(response, using: &random, into: &output)
            releaseIfDone(into: &output)
        }
    }

    private func receiveProvisional(_ response: SIPResponse, into output: inout SessionOutput) {
        switch phase {
        case .calling:
            phase = .proceeding
            output.add(.trying(id))
            ring(response, into: &output)
        case .proceeding:
            ring(response, into: &output)
        case .calledOff(let end):
            sendCancel(into: &output)
            phase = .cancelling(end)
        case .cancelling, .over:
            // The CANCEL overtook the INVITE and was refused: now it will be understood.
            if needsCancelAgain { sendCancel(into: &output) }
        case .talking:
            // Another fork still rings; the proxy cancels it, or it gets BYE when it answers.
            break
        }
    }

    /// 100 says nothing to a person, 199 that one of several telephones has stopped ringing (RFC 6228).
    private func ring(_ response: SIPResponse, into output: inout SessionOutput) {
        guard response.status != 100 else { return }
        let tag = response.to.tag ?? ""
        if response.status == 199 {
            early.removeAll { $0.dialog.id.remoteTag == tag }
            return
        }
        let body = response.sessionBody
        if let index = early.firstIndex(where: { $0.dialog.id.remoteTag == tag }) {
            if body != nil { early[index].body = body }
        } else {
            guard early.count < context.forkLimit else { return }
            early.append(EarlyFork(dialog: Dialog(answeredBy: response, to: invite), body: body))
        }
        output.add(.progress(id, status: response.status, body: body, fork: tag))
    }

    private func refuse(_ response: SIPResponse, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        switch phase {
        case .calling, .proceeding:
            if retryInvite(challengedBy: response, using: &random, into: &output) { return }
            end(refusal(response), into: &output)
        case .calledOff(let planned), .cancelling(let planned):
            // A refusal that crossed the CANCEL is the truth; 487 and a challenge are its echo.
            let isEcho = response.status == 487 || isChallenge(response)
            var end = isEcho ? planned : refusal(response)
            if isEcho { end.status = response.status }
            self.end(end, into: &output)
        case .talking, .over:
            // The transaction lets no refusal pass after a 2xx; an orphan is glad of it.
            break
        }
    }

    private func refusal(_ response: SIPResponse) -> CallEnd {
        CallEnd(.refused, status: response.status, q850Cause: response.headers.q850Cause)
    }

    func failInvite(_ failure: RequestFailure, into output: inout SessionOutput) {
        isInviteOpen = false
        switch phase {
        case .calling, .proceeding:
            end(CallEnd(failure == .transport ? .unreachable : .timedOut), into: &output)
        case .calledOff(let planned), .cancelling(let planned):
            end(planned, into: &output)
        case .talking, .over:
            break
        }
        releaseIfDone(into: &output)
    }
}
