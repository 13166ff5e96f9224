/// What two user agents remember of one another for the length of a call (RFC 3261 section 12).
public struct Dialog: Equatable, Sendable {
    public let callID: String
    /// We, as From of our requests, with our tag.
    public let local: NameAddress
    /// The peer, as To of our requests, with its tag.
    public let remote: NameAddress
    /// The proxies that want to see every request, the one nearest to us first. It never changes (section 12.2).
    public let routeSet: [NameAddress]
    /// Where the peer is; a re-INVITE or UPDATE may move it.
    public private(set) var remoteTarget: AddressURI
    /// The number of our last request.
    public internal(set) var localSequence: UInt32
    /// The number of the peer's last request; `nil` before the first.
    public private(set) var remoteSequence: UInt32?

    public init(
        callID: String, local: NameAddress, remote: NameAddress, routeSet: [NameAddress], remoteTarget: AddressURI, localSequence: UInt32,
        remoteSequence: UInt32?
    ) {
        self.callID = callID
        self.local = local
        self.remote = remote
        self.routeSet = routeSet
        self.remoteTarget = remoteTarget
        self.localSequence = localSequence
        self.remoteSequence = remoteSequence
    }

    /// The dialog that a response to our INVITE makes, early or confirmed (section 12.1.2).
    public init(answeredBy response: SIPResponse, to request: SIPRequest) {
        self.init(
            callID: request.callID, local: request.from, remote: response.to, routeSet: response.recordRoutes.reversed(),
            // A provisional response need not name a Contact; then the way of the INVITE is the only one known.
            remoteTarget: response.contacts.first?.uri ?? request.uri, localSequence: request.cseq.number, remoteSequence: nil)
    }

    /// The dialog that we make by answering an INVITE (section 12.1.1).
    /// - Returns: `nil` for a request without Contact, which could never be reached again.
    public init?(answering request: SIPRequest, localTag: String) {
        guard let contact = request.contacts.first else { return nil }
        var local = request.to
        local.tag = localTag
        self.init(
            callID: request.callID, local: local, remote: request.from, routeSet: request.recordRoutes, remoteTarget: contact.uri,
            localSequence: 0, remoteSequence: request.cseq.number)
    }

    public var id: DialogID { DialogID(callID: callID, localTag: local.tag ?? "", remoteTag: remote.tag ?? "") }

    // MARK: The peer's requests

    /// Takes the number of a request of the peer.
    /// - Returns: whether it is newer than all before; an older one is out of order (section 12.2.2).
    public mutating func admit(_ sequence: UInt32) -> Bool {
        if let remoteSequence, sequence <= remoteSequence { return false }
        remoteSequence = sequence
        return true
    }

    /// Takes the Contact of a re-INVITE or UPDATE that succeeded, of either side (section 12.2).
    public mutating func refreshTarget(_ contacts: [NameAddress]) {
        if let contact = contacts.first { remoteTarget = contact.uri }
    }

    /// Takes what an early dialog has learned into the confirmed one that a 2xx has made.
    mutating func inherit(_ early: Dialog) {
        remoteSequence = early.remoteSequence
        localSequence = max(localSequence, early.localSequence)
    }
}
