/// The registrar of the extensions (RFC 3261 section 10.3): who may be reached where.
///
/// It has no socket and no clock. Give it every REGISTER with its source; send the response that it returns, and carry
/// out the changes. Call `expire` at or after `deadline`. Only the right password of an extension makes it remember anything.
///
/// `now` is monotonic time since the start of the process.
public struct Registrar: ~Copyable, Sendable {
    /// What a REGISTER leads to.
    public struct Outcome: Sendable {
        /// `nil` for silence, towards a source that asks too often.
        public var response: SIPResponse?
        public var changes: [BindingChange] = []
    }

    public let settings: RegistrarSettings
    private var digest: DigestServer
    private var limiter: SourceLimiter
    private var table: [String: [Binding]] = [:]
    /// No binding ends before it; it may be early.
    private var nextExpiry: Duration?

    /// - Parameters:
    ///   - realm: for which the secrets of the extensions were made.
    ///   - key: 32 random bytes, of this start of the process only.
    public init(realm: String, key: [UInt8], settings: RegistrarSettings = RegistrarSettings()) {
        self.settings = settings
        digest = DigestServer(realm: realm, key: key)
        let salt = key.reduce(0 as UInt64) { ($0 << 7 | $0 >> 57) ^ UInt64($1) }
        limiter = SourceLimiter(rate: settings.requestsPerSecond, burst: settings.burst, salt: salt)
    }

    // MARK: Inputs

    /// Takes a REGISTER.
    /// - Parameters:
    ///   - source: where the datagram came from.
    ///   - local: our address that it came to.
    ///   - secret: what is known of an extension; `nil` if there is none of that number.
    public mutating func register(
        _ request: SIPRequest, from source: SIPAddress, to local: SIPAddress, now: Duration, using generator: inout some RandomNumberGenerator,
        secret: (_ number: String) -> DigestSecret?
    ) -> Outcome {
        guard limiter.take(source.ip, now: now) else { return Outcome() }
        let tag = Hexadecimal.text(generator.next())
        switch digest.verify(request, now: now, secret: secret) {
        case .missing:
            return Outcome(response: challenge(request, tag: tag, isStale: false, now: now, using: &generator))
        case .stale:
            return Outcome(response: challenge(request, tag: tag, isStale: true, now: now, using: &generator))
        case .wrong:
            return Outcome(response: SIPResponse(403, to: request, toTag: tag))
        case .authentic(let number):
            return register(request, of: number, from: source, to: local, tag: tag, now: now)
        }
    }

    /// Takes the time, and ends the bindings that are over.
    public mutating func expire(now: Duration) -> [BindingChange] {
        guard let nextExpiry, nextExpiry <= now else { return [] }
        var changes: [BindingChange] = []
        for number in Array(table.keys) { changes += prune(number, now: now) }
        self.nextExpiry = table.values.lazy.joined().map(\.expiry).min()
        return changes
    }

    /// Forgets an extension that was deleted or got another password.
    public mutating func revoke(_ number: String) -> [BindingChange] {
        (table.removeValue(forKey: number) ?? []).map { .removed(extension: number, $0, .revoked) }
    }

    mutating func adopt(_ bindings: [Binding], of number: String) {
        var known = table[number] ?? []
        guard !known.isEmpty || table.count < settings.maximumExtensions else { return }
        for binding in bindings where known.count < settings.maximumContacts && !known.contains(where: { $0.contact == binding.contact }) {
            known.append(binding)
        }
        table[number] = known.isEmpty ? nil : known
        if let earliest = known.map(\.expiry).min() { nextExpiry = min(nextExpiry ?? earliest, earliest) }
    }

    // MARK: What it knows

    /// Extensions with a binding, by their numbers.
    var numbers: [String] { Array(table.keys) }

    /// When to call `expire`; `nil` while there is no binding.
    public var deadline: Duration? { nextExpiry }

    /// Where an extension can be reached now, the preferred first, among equals the latest.
    public func bindings(for number: String, now: Duration) -> [Binding] {
        (table[number] ?? []).filter { $0.expiry > now }.sorted { ($0.preference, $0.expiry) > ($1.preference, $1.expiry) }
    }

    /// Extensions with a binding.
    public var registeredExtensions: Int { table.count }

    /// Nonces whose uses are remembered.
    public var noncesInUse: Int { digest.noncesInUse }

    // MARK: One request

    private func challenge(
        _ request: SIPRequest, tag: String, isStale: Bool, now: Duration, using generator: inout some RandomNumberGenerator
    ) -> SIPResponse {
        var response = SIPResponse(401, to: request, toTag: tag)
        for challenge in digest.challenges(isStale: isStale, now: now, using: &generator) where settings.algorithms.contains(challenge.algorithm) {
            response.headers.append(.wwwAuthenticate, challenge.text)
        }
        return response
    }

    private mutating func register(
        _ request: SIPRequest, of number: String, from source: SIPAddress, to local: SIPAddress, tag: String, now: Duration
    ) -> Outcome {
        if let refusal = refusal(of: request, number: number, local: local, tag: tag) { return Outcome(response: refusal) }
        let expired = prune(number, now: now)
        let before = table[number] ?? []
        guard !before.isEmpty || table.count < settings.maximumExtensions else {
            return Outcome(response: SIPResponse(503, "Too Many Extensions", to: request, toTag: tag), changes: expired)
        }
        var change = RegistrationChange(request, extension: number, bindings: before, settings: settings, now: now)
        do {
            try change.apply(received: source, local: local)
        } catch {
            return Outcome(response: response(to: request, error, tag: tag), changes: expired)
        }
        table[number] = change.bindings.isEmpty ? nil : change.bindings
        if let earliest = change.bindings.map(\.expiry).min() { nextExpiry = min(nextExpiry ?? earliest, earliest) }
        return Outcome(response: success(request, change.bindings, tag: tag, now: now), changes: expired + change.changes)
    }

    /// What stops a REGISTER of a right password before its contacts are looked at.
    private func refusal(of request: SIPRequest, number: String, local: SIPAddress, tag: String) -> SIPResponse? {
        guard case .sip(let target) = request.uri, !target.isSecure else { return SIPResponse(416, to: request, toTag: tag) }
        // A request that has been here before goes in a circle (section 8.2.2.2).
        if request.vias.contains(where: { $0.host == .address(local.ip) && ($0.port ?? 5060) == local.port }) {
            return SIPResponse(482, to: request, toTag: tag)
        }
        let required = request.headers.tokens(.require)
        if !required.isEmpty {
            var response = SIPResponse(420, to: request, toTag: tag)
            response.headers.append(.unsupported, required.joined(separator: ", "))
            return response
        }
        // An extension registers itself and nobody else (section 10.3 steps 4 and 5).
        guard request.to.uri.user == number else { return SIPResponse(403, to: request, toTag: tag) }
        return nil
    }

    private func response(to request: SIPRequest, _ refusal: RegistrationChange.Refusal, tag: String) -> SIPResponse {
        switch refusal {
        case .outOfOrder: return SIPResponse(400, "CSeq Out of Order", to: request, toTag: tag)
        case .notAnAddress: return SIPResponse(400, "Contact Is No Usable SIP URI", to: request, toTag: tag)
        case .wildcardWithTime: return SIPResponse(400, "Contact * Without Expires 0", to: request, toTag: tag)
        case .tooMany: return SIPResponse(403, "Too Many Contacts", to: request, toTag: tag)
        case .tooBrief:
            var response = SIPResponse(423, to: request, toTag: tag)
            response.headers.append(.minExpires, "\(settings.minimumExpires)")
            return response
        }
    }

    /// The 200 with all bindings that there are now (section 10.3 step 8).
    private func success(_ request: SIPRequest, _ bindings: [Binding], tag: String, now: Duration) -> SIPResponse {
        var response = SIPResponse(200, to: request, toTag: tag)
        response.contacts = bindings.map { binding in
            var contact = NameAddress(binding.contact)
            if binding.preference < 1000 { contact.parameters["q"] = ContactRequest.text(preference: binding.preference) }
            contact.parameters["expires"] = "\(binding.secondsLeft(now: now))"
            return contact
        }
        // Some telephones read only this; with one contact it cannot mislead.
        if request.contacts.count == 1, let own = bindings.first(where: { .sip($0.contact) == request.contacts[0].uri }) {
            response.headers.append(.expires, "\(own.secondsLeft(now: now))")
        }
        return response
    }

    private mutating func prune(_ number: String, now: Duration) -> [BindingChange] {
        guard let bindings = table[number], bindings.contains(where: { $0.expiry <= now }) else { return [] }
        let live = bindings.filter { $0.expiry > now }
        table[number] = live.isEmpty ? nil : live
        return bindings.filter { $0.expiry <= now }.map { .removed(extension: number, $0, .expired) }
    }
}
