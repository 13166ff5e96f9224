extension SIPEndpoint {
    /// Gives a call an input, and does what comes of it.
    func perform<Random: RandomNumberGenerator>(
        _ call: OutgoingCall, now: Duration, random: inout Random, _ input: (OutgoingCall, inout Random, inout SessionOutput) -> Void
    ) {
        var output = SessionOutput()
        input(call, &random, &output)
        var unsent = run(output.actions, of: call, now: now)
        // What could not be sent may lead to more; each time there is less to send.
        while !unsent.isEmpty {
            var output = SessionOutput()
            for role in unsent { call.fail(role, .transport, using: &random, into: &output) }
            unsent = run(output.actions, of: call, now: now)
        }
        timers.set(call.deadline, for: .session(call.id))
        if call.isFinished { remove(call) }
    }

    /// - Returns: the requests that found no room.
    private func run(_ actions: [SessionAction], of call: OutgoingCall, now: Duration) -> [RequestRole] {
        var unsent: [RequestRole] = []
        for action in actions {
            switch action {
            case .request(let request, let destination, let role):
                if !send(request, to: destination, as: role, of: call, now: now) { unsent.append(role) }
            case .transmit(let datagram, let destination):
                transmit(datagram, from: call.path.local, to: destination)
            case .noteCancel(let branch):
                let key = ClientTransactionKey(branch: branch, method: .invite)
                clients[key]?.machine.noteCancel(now: now)
                timers.set(clients[key]?.machine.deadline, for: .client(key))
            case .resumeInvite(let invite, let destination):
                guard let branch = invite.via?.branch else { continue }
                let machine = InviteClientTransaction.resumed(timers: configuration.timers, now: now)
                let key = ClientTransactionKey(branch: branch, method: .invite)
                add(
                    ClientTransaction(
                        key, invite, from: call.path.local, to: destination, session: call.id, role: .invite, machine: .invite(machine)), of: call)
            case .respond(let response, let key):
                respond(response, to: key, now: now)
            case .event(let event):
                tell(event)
            }
        }
        return unsent
    }

    private func send(_ request: SIPRequest, to destination: SIPAddress, as role: RequestRole, of call: OutgoingCall, now: Duration) -> Bool {
        guard clients.count < configuration.maximumClientTransactions, let branch = request.via?.branch else { return false }
        let machine: ClientMachine =
            request.method == .invite
            ? .invite(InviteClientTransaction(timers: configuration.timers, now: now))
            : .other(NonInviteClientTransaction(timers: configuration.timers, now: now))
        let key = ClientTransactionKey(branch: branch, method: request.method)
        let client = ClientTransaction(key, request, from: call.path.local, to: destination, session: call.id, role: role, machine: machine)
        add(client, of: call)
        transmit(client.datagram, from: client.source, to: destination)
        return true
    }

    private func add(_ client: ClientTransaction, of call: OutgoingCall) {
        // A second CANCEL takes the place of the first, which was answered or has timed out.
        if clients[client.key] == nil { call.openTransactions += 1 }
        clients[client.key] = client
        timers.set(client.machine.deadline, for: .client(client.key))
    }

    func respond(_ response: SIPResponse, to key: ServerTransactionKey, now: Duration) {
        guard let server = servers[key] else { return }
        if server.respond(response, now: now) { transmit(server.datagram, from: server.source, to: server.destination) }
        settle(server)
    }

    /// Sets the timer of a transaction whose machine has moved, or forgets it.
    func settle(_ server: ServerTransaction) {
        if server.machine.isTerminated {
            servers[server.key] = nil
            timers.set(nil, for: .server(server.key))
            guard let session = server.session, let count = serverCounts[session] else { return }
            serverCounts[session] = count > 1 ? count - 1 : nil
        } else {
            timers.set(server.machine.deadline, for: .server(server.key))
        }
    }

    /// Sets the timer of a transaction whose machine has moved, or forgets it.
    func settle(_ client: ClientTransaction) {
        if client.machine.isTerminated {
            clients[client.key] = nil
            timers.set(nil, for: .client(client.key))
            guard let call = sessions[client.session] else { return }
            call.closeTransaction()
            if call.isFinished { remove(call) }
        } else {
            timers.set(client.machine.deadline, for: .client(client.key))
        }
    }
}
