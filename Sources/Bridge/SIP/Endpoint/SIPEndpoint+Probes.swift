/// An OPTIONS of ours that asks whether somebody is there (RFC 3261 section 11.1), outside of any call.
public struct ProbeRequest: Sendable, Equatable {
    public var target: SIPURI
    /// Where the datagram goes to.
    public var nextHop: SIPAddress
    public var from: NameAddress
    /// The address that this peer reaches us at: the host and the port of Via and Contact.
    public var local: SIPAddress

    public init(target: SIPURI, nextHop: SIPAddress, from: NameAddress, local: SIPAddress) {
        self.target = target
        self.nextHop = nextHop
        self.from = from
        self.local = local
    }
}

/// What became of a `ProbeRequest`.
public enum ProbeEnd: Equatable, Sendable {
    /// The status of the final response.
    case answered(UInt16)
    /// Nothing came for as long as the transaction waits (timer F).
    case timedOut
    /// It could not be sent, or nobody listens there.
    case unreachable
}

extension SIPEndpoint {
    /// Sends an OPTIONS; one `.probed` follows, unless it is withdrawn before.
    /// - Returns: `nil` if too many requests are under way.
    public func probe(_ probe: ProbeRequest, now: Duration, random: inout some RandomNumberGenerator) -> SessionID? {
        guard clients.count < configuration.maximumClientTransactions else { return nil }
        let id = makeID()
        let branch = TransactionNames.branch(using: &random)
        var from = probe.from
        from.tag = TransactionNames.tag(using: &random)
        var request = SIPRequest(
            .options, uri: .sip(probe.target), vias: [Via(.udp, host: .address(probe.local.ip), port: probe.local.port, branch: branch)], from: from,
            to: NameAddress(probe.target), callID: TransactionNames.callID(using: &random), cseq: 1,
            contacts: [NameAddress(SIPURI(user: probe.from.uri.sip?.user, probe.local))])
        request.headers[.accept] = Capabilities.accept
        request.headers[.userAgent] = configuration.product
        let key = ClientTransactionKey(branch: branch, method: .options)
        let client = ClientTransaction(
            key, request, from: probe.local, to: probe.nextHop, session: id, role: .probe,
            machine: .other(NonInviteClientTransaction(timers: configuration.timers, now: now)))
        clients[key] = client
        probes[id] = key
        timers.set(client.machine.deadline, for: .client(key))
        transmit(client.datagram, from: client.source, to: client.destination)
        return id
    }

    /// Nobody waits for the answer any more: it is not asked for again, and a late one is dropped.
    public func withdraw(probe id: SessionID) {
        guard let key = probes.removeValue(forKey: id) else { return }
        clients[key] = nil
        timers.set(nil, for: .client(key))
    }

    /// What a probe has come to is told once; its transaction may go on absorbing repetitions.
    func finish(probe id: SessionID, _ end: ProbeEnd) {
        guard probes.removeValue(forKey: id) != nil else { return }
        tell(.probed(id, end))
    }
}
