extension SIPEndpoint {
    /// Takes a datagram.
    /// - Parameter local: our address that it came to.
    public func receive(
        _ datagram: Span<UInt8>, from source: SIPAddress, to local: SIPAddress, now: Duration, random: inout some RandomNumberGenerator
    ) {
        if SIPMessage.isKeepAlive(datagram) { return }
        let message: SIPMessage
        do {
            message = try SIPMessage(parsing: datagram)
        } catch {
            counters.malformed += 1
            reject(error.rejection, from: source, to: local, now: now)
            return
        }
        switch message {
        case .request(let request): receive(request, from: source, to: local, now: now, random: &random)
        case .response(let response): receive(response, now: now, random: &random)
        }
    }

    // MARK: Responses

    /// A response without a transaction is for nobody (RFC 6026 section 8.10): it is dropped.
    private func receive(_ response: SIPResponse, now: Duration, random: inout some RandomNumberGenerator) {
        guard let key = ClientTransactionKey(response), let client = clients[key], client.owns(response) else {
            counters.strayResponses += 1
            return
        }
        switch client.machine.receive(status: response.status, now: now) {
        case .deliver:
            deliver(response, to: client, now: now, random: &random)
        case .acknowledgeAndDeliver:
            client.acknowledge(response)
            transmit(client.acknowledgement, from: client.source, to: client.destination)
            deliver(response, to: client, now: now, random: &random)
        case .acknowledge:
            transmit(client.acknowledgement, from: client.source, to: client.destination)
        case .ignore:
            break
        }
        settle(client)
    }

    private func deliver(_ response: SIPResponse, to client: ClientTransaction, now: Duration, random: inout some RandomNumberGenerator) {
        if client.role == .probe {
            if response.isFinal { finish(probe: client.session, .answered(response.status)) }
            return
        }
        guard let call = sessions[client.session] else { return }
        perform(call, now: now, random: &random) { call, random, output in
            call.receive(response, for: client.role, now: now, using: &random, into: &output)
        }
    }

    // MARK: Requests

    private func receive(
        _ incoming: SIPRequest, from source: SIPAddress, to local: SIPAddress, now: Duration, random: inout some RandomNumberGenerator
    ) {
        var request = incoming
        guard !request.vias.isEmpty else { return }
        request.vias[0].note(source: source)
        guard let key = ServerTransactionKey(request) else { return }

        switch request.method {
        case .ack:
            receiveAcknowledgement(request, key, now: now, random: &random)
            return
        case .cancel:
            receiveCancel(request, from: source, to: local, now: now, random: &random)
            return
        case .invite, .bye, .options, .register, .update, .info, .prack, .refer, .notify, .subscribe, .message, .publish, .other:
            break
        }
        if let server = servers[key] {
            if server.machine.receiveRepetition(), !server.datagram.isEmpty { transmit(server.datagram, from: server.source, to: server.destination) }
        } else if request.to.tag != nil {
            receiveInDialog(request, key, from: source, to: local, now: now, random: &random)
        } else {
            receiveOutOfDialog(request, key, from: source, to: local, now: now, random: &random)
        }
    }

    private func receiveInDialog(
        _ request: SIPRequest, _ key: ServerTransactionKey, from source: SIPAddress, to local: SIPAddress, now: Duration,
        random: inout some RandomNumberGenerator
    ) {
        guard let call = session(of: request) else {
            answer(request, 481, from: source, to: local, now: now)
            return
        }
        let count = serverCounts[call.id, default: 0]
        let hasRoom = count < configuration.maximumServerTransactionsPerSession && servers.count < configuration.maximumServerTransactions
        guard hasRoom || (request.method == .bye && count < 2 * configuration.maximumServerTransactionsPerSession),
            let destination = request.via?.responseAddress
        else {
            counters.overLimit += 1
            return
        }
        let machine: ServerMachine =
            request.method == .invite
            ? .invite(InviteServerTransaction(timers: configuration.timers)) : .other(NonInviteServerTransaction(timers: configuration.timers))
        servers[key] = ServerTransaction(key, session: call.id, from: local, to: destination, machine: machine)
        serverCounts[call.id] = count + 1
        perform(call, now: now, random: &random) { call, random, output in
            call.receive(request, key, now: now, using: &random, into: &output)
        }
    }

    /// The ACK of a refusal is the transaction's, the ACK of a 2xx a request in the dialog. No ACK is ever answered.
    private func receiveAcknowledgement(
        _ request: SIPRequest, _ key: ServerTransactionKey, now: Duration, random: inout some RandomNumberGenerator
    ) {
        if let server = servers[key] {
            let isForSession = server.machine.receiveAcknowledgement(now: now)
            settle(server)
            guard isForSession else { return }
        }
        guard let call = session(of: request) else { return }
        perform(call, now: now, random: &random) { call, _, output in call.receiveAcknowledgement(request, into: &output) }
    }

    /// 200 if there is what it cancels, whether or not that helps; else 481 (RFC 3261 section 9.2).
    private func receiveCancel(
        _ request: SIPRequest, from source: SIPAddress, to local: SIPAddress, now: Duration, random: inout some RandomNumberGenerator
    ) {
        guard let key = ServerTransactionKey(request, as: .invite), let server = servers[key] else {
            answer(request, 481, from: source, to: local, now: now)
            return
        }
        answer(request, 200, from: source, to: local, now: now)
        guard server.machine.isUnanswered, let session = server.session, let call = sessions[session] else { return }
        perform(call, now: now, random: &random) { call, _, output in call.withdraw(key, into: &output) }
    }

    private func session(of request: SIPRequest) -> OutgoingCall? {
        guard let tag = request.to.tag, let id = sessionsByName[SessionName(callID: request.callID, localTag: tag)] else { return nil }
        return sessions[id]
    }
}
