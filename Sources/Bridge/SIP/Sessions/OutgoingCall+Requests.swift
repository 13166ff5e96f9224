// Requests of the peer in the call (RFC 3261 section 12.2.2). None that we do not support ends it.

extension OutgoingCall {
    func receive(
        _ request: SIPRequest, _ key: ServerTransactionKey, now: Duration, using random: inout some RandomNumberGenerator,
        into output: inout SessionOutput
    ) {
        guard let isInOrder = admit(request) else {
            output.add(.respond(response(481, to: request), key))
            return
        }
        guard isInOrder else {
            output.add(.respond(response(500, "Request Out of Order", to: request), key))
            return
        }
        switch request.method {
        // A BYE ends the call, whatever it asks for besides.
        case .bye: receiveBye(request, key, into: &output)
        case .invite, .update: receiveOffer(request, key, now: now, using: &random, into: &output)
        case .options, .info, .message, .prack, .refer, .notify, .subscribe, .publish, .register, .ack, .cancel, .other:
            output.add(.respond(plainAnswer(to: request), key))
        }
    }

    /// Takes the number of a request.
    /// - Returns: whether it comes in order; `nil` if its From belongs to nobody in this call.
    private func admit(_ request: SIPRequest) -> Bool? {
        let tag = request.from.tag ?? ""
        if let index = forks.firstIndex(where: { $0.tag == tag }) {
            // What comes after the end is for nobody, but for a BYE that crosses ours.
            if isOver || forks[index].stage != .talking, request.method != .bye { return nil }
            return forks[index].dialog.admit(request.cseq.number)
        }
        if let index = early.firstIndex(where: { $0.dialog.id.remoteTag == tag }) { return early[index].dialog.admit(request.cseq.number) }
        return nil
    }

    private func plainAnswer(to request: SIPRequest) -> SIPResponse {
        if let unsupported = Capabilities.unsupported(by: request) {
            var answer = response(420, to: request)
            answer.headers[.unsupported] = unsupported
            return answer
        }
        switch Capabilities.verdict(on: request) {
        case .describe:
            var answer = response(200, to: request)
            Capabilities.describe(in: &answer)
            return answer
        case .accept:
            return response(200, to: request)
        case .refuse(let status):
            var answer = response(status, to: request)
            Capabilities.explain(&answer)
            return answer
        }
    }

    /// A response in the call; a 2xx to a target refresh names our Contact (section 12.1.1).
    func response(_ status: UInt16, _ phrase: String? = nil, to request: SIPRequest) -> SIPResponse {
        var answer = SIPResponse(status, phrase, to: request, toTag: localTag, recordRoutes: request.method == .invite && status != 100)
        answer.headers[.server] = context.product
        if request.method == .invite || request.method == .update, answer.isSuccess {
            answer.contacts = [contact]
            answer.headers[.allow] = Capabilities.allow
        }
        return answer
    }
}
