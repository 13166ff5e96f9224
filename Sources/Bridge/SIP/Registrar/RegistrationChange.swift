/// One REGISTER applied to the bindings of its extension: all of it or nothing (RFC 3261 section 10.3 step 7).
struct RegistrationChange {
    /// Why nothing was done.
    enum Refusal: Error, Equatable {
        /// A later request of the same Call-ID has been here already.
        case outOfOrder
        case notAnAddress
        case wildcardWithTime
        case tooBrief
        case tooMany
    }

    private(set) var bindings: [Binding]
    private(set) var changes: [BindingChange] = []
    private let request: SIPRequest
    private let `extension`: String
    private let settings: RegistrarSettings
    private let now: Duration

    init(_ request: SIPRequest, extension: String, bindings: [Binding], settings: RegistrarSettings, now: Duration) {
        self.bindings = bindings
        self.request = request
        self.extension = `extension`
        self.settings = settings
        self.now = now
    }

    mutating func apply(received: SIPAddress, local: SIPAddress) throws(Refusal) {
        if request.hasWildcardContact { return try removeAll() }
        guard request.contacts.count <= settings.maximumContacts else { throw .tooMany }
        // Against what was there before: a contact that this request names twice is no later request.
        for binding in bindings where request.contacts.contains(where: { $0.uri == .sip(binding.contact) }) { try checkOrder(binding) }
        for contact in request.contacts {
            guard let asked = ContactRequest(contact, of: request, settings: settings) else { throw .notAnAddress }
            guard asked.expires == 0 || asked.expires >= settings.minimumExpires else { throw .tooBrief }
            try apply(asked, received: received, local: local)
        }
    }

    private mutating func removeAll() throws(Refusal) {
        guard let expires = request.headers[.expires], ContactRequest.seconds(expires) == 0 else { throw .wildcardWithTime }
        for binding in bindings { try checkOrder(binding) }
        changes += bindings.map { .removed(extension: `extension`, $0, .unregistered) }
        bindings = []
    }

    private mutating func apply(_ asked: ContactRequest, received: SIPAddress, local: SIPAddress) throws(Refusal) {
        let index = bindings.firstIndex { $0.contact == asked.uri }
        if asked.expires == 0 {
            guard let index else { return }
            changes.append(.removed(extension: `extension`, bindings.remove(at: index), .unregistered))
            return
        }
        let binding = Binding(
            contact: asked.uri, received: received, local: local, preference: asked.preference,
            expiry: now + .seconds(Int64(min(asked.expires, settings.maximumExpires))), callID: request.callID, cseq: request.cseq.number,
            userAgent: String(decoding: (request.headers[.userAgent] ?? "").utf8.prefix(64), as: UTF8.self))
        if let index {
            bindings[index] = binding
            changes.append(.refreshed(extension: `extension`, binding))
            return
        }
        if bindings.count >= settings.maximumContacts { try makeRoom(at: received.ip) }
        bindings.append(binding)
        changes.append(.added(extension: `extension`, binding))
    }

    /// A telephone that takes a new port at each start would lock itself out: its own oldest binding goes.
    private mutating func makeRoom(at ip: IPAddress) throws(Refusal) {
        // Not one of this very request: then it asks for more than there is.
        let own = bindings.indices.filter { bindings[$0].received.ip == ip && bindings[$0].callID != request.callID }
        guard let oldest = own.min(by: { bindings[$0].expiry < bindings[$1].expiry }) else { throw .tooMany }
        changes.append(.removed(extension: `extension`, bindings.remove(at: oldest), .displaced))
    }

    private func checkOrder(_ binding: Binding) throws(Refusal) {
        guard binding.callID != request.callID || request.cseq.number > binding.cseq else { throw .outOfOrder }
    }
}
