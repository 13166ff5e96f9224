extension SIPEndpoint {
    /// Takes the time: sends again what was not answered, and gives up what will not be.
    public func handleDeadline(now: Duration, random: inout some RandomNumberGenerator) {
        // Each once: a timer that is due again at once waits for the next call.
        var due: [Timer] = []
        while let timer = timers.removeDue(now: now) { due.append(timer) }
        for timer in due {
            switch timer {
            case .client(let key): handleClient(key, now: now, random: &random)
            case .server(let key): handleServer(key, now: now)
            case .registrar: expireBindings(now: now)
            case .session(let id):
                guard let call = sessions[id] else { continue }
                perform(call, now: now, random: &random) { call, random, output in
                    call.handleDeadline(now: now, using: &random, into: &output)
                }
            }
        }
    }

    /// The operating system has said that nothing can be sent to `destination` (ICMP).
    public func failTransport(to destination: SIPAddress, now: Duration, random: inout some RandomNumberGenerator) {
        for client in clients.values.filter({ $0.destination == destination }) {
            let isWaitedFor = client.machine.failTransport()
            if isWaitedFor { fail(client, .transport, now: now, random: &random) }
            settle(client)
        }
    }

    private func handleClient(_ key: ClientTransactionKey, now: Duration, random: inout some RandomNumberGenerator) {
        guard let client = clients[key] else { return }
        switch client.machine.handleDeadline(now: now) {
        case .retransmit: transmit(client.datagram, from: client.source, to: client.destination)
        case .fail(let failure): fail(client, failure, now: now, random: &random)
        case .terminate, .nothing: break
        }
        settle(client)
    }

    private func handleServer(_ key: ServerTransactionKey, now: Duration) {
        guard let server = servers[key] else { return }
        if server.machine.handleDeadline(now: now) { transmit(server.datagram, from: server.source, to: server.destination) }
        settle(server)
    }

    private func fail(_ client: ClientTransaction, _ failure: RequestFailure, now: Duration, random: inout some RandomNumberGenerator) {
        if client.role == .probe { return finish(probe: client.session, failure == .transport ? .unreachable : .timedOut) }
        guard let call = sessions[client.session] else { return }
        perform(call, now: now, random: &random) { call, random, output in
            call.fail(client.role, failure, using: &random, into: &output)
        }
    }
}
