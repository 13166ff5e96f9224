// The extensions: telephones that register here (RFC 3261 section 10).

extension SIPEndpoint {
    /// Names the extensions that may register, by their numbers. Whose secret is gone or has changed is registered no more.
    public func setExtensions(_ secrets: [String: DigestSecret]) {
        let former = extensions
        extensions = secrets
        for (number, secret) in former where secrets[number]?.md5 != secret.md5 || secrets[number]?.sha256 != secret.sha256 {
            for change in registrar?.revoke(number) ?? [] { tell(.registration(change)) }
        }
        // Restored, and taken away while no process was there.
        for number in registrar?.numbers ?? [] where secrets[number] == nil {
            for change in registrar?.revoke(number) ?? [] { tell(.registration(change)) }
        }
    }

    /// Takes in the bindings that a former process has kept of an extension. To be called before `setExtensions`.
    public func restore(_ records: [BindingRecord], of number: String, now: Duration, wall: Int64) {
        registrar?.restore(records, of: number, now: now, wall: wall)
        timers.set(registrar?.deadline, for: .registrar)
    }

    /// What a journal is to keep of an extension's bindings.
    public func records(of number: String, now: Duration, wall: Int64) -> [BindingRecord] {
        registrar?.records(of: number, now: now, wall: wall) ?? []
    }

    /// Where an extension can be called now, the best first: the contact is the target, `received` the next hop, which is
    /// to be kept (`pinsNextHop`), `local` our address.
    public func bindings(for number: String, now: Duration) -> [Binding] {
        registrar?.bindings(for: number, now: now) ?? []
    }

    func register(
        _ request: SIPRequest, _ key: ServerTransactionKey, from source: SIPAddress, to local: SIPAddress, now: Duration,
        random: inout some RandomNumberGenerator
    ) {
        guard let destination = request.via?.responseAddress, servers.count < configuration.maximumServerTransactions else {
            counters.overLimit += 1
            return
        }
        let extensions = extensions
        guard let outcome = registrar?.register(request, from: source, to: local, now: now, using: &random, secret: { extensions[$0] }) else {
            return
        }
        for change in outcome.changes { tell(.registration(change)) }
        timers.set(registrar?.deadline, for: .registrar)
        guard var response = outcome.response else {
            counters.overBudget += 1
            return
        }
        response.headers[.server] = configuration.product
        let server = ServerTransaction(
            key, session: nil, from: local, to: destination, machine: .other(NonInviteServerTransaction(timers: configuration.timers)))
        // A challenge is kept by nobody: it can be made again. What a right password has led to must not be done twice.
        if response.status != 401, response.status != 403 { servers[key] = server }
        if server.respond(response, now: now) { transmit(server.datagram, from: local, to: destination) }
        if servers[key] != nil { settle(server) }
    }

    func expireBindings(now: Duration) {
        for change in registrar?.expire(now: now) ?? [] { tell(.registration(change)) }
        timers.set(registrar?.deadline, for: .registrar)
    }

    /// Whether a source is a trunk, or the telephone that it says it is.
    func isKnown(_ source: SIPAddress, _ request: SIPRequest, now: Duration) -> Bool {
        if peers.contains(source.ip) { return true }
        guard let number = request.from.uri.user else { return false }
        return bindings(for: number, now: now).contains { $0.received.ip == source.ip }
    }
}
