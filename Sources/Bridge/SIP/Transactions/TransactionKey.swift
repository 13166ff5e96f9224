/// What a response names its client transaction by: the branch, and the method (RFC 3261 section 17.1.3).
///
/// The branch has 96 random bits, so that only who has seen the request can answer it. The source address is not
/// looked at: a server may answer from another one (section 18.1.2 asks for the sent-by alone, which the owner checks).
struct ClientTransactionKey: Hashable, Sendable {
    let branch: String
    let method: SIPMethod

    init(branch: String, method: SIPMethod) {
        self.branch = branch
        self.method = method
    }

    /// `nil` for a response without a branch: nothing of ours.
    init?(_ response: SIPResponse) {
        guard let branch = response.via?.branch else { return nil }
        self.init(branch: branch, method: response.cseq.method)
    }
}

/// What a request names its server transaction by (RFC 3261 section 17.2.3).
struct ServerTransactionKey: Hashable, Sendable {
    /// The branch, or for a client of RFC 2543, whose branch says nothing, all that stays the same from INVITE to ACK.
    private let branch: String
    private let host: Host
    private let port: UInt16?
    /// That of the request that began the transaction: INVITE for an ACK.
    let method: SIPMethod

    /// `nil` for a request without Via.
    /// - Parameter method: another than that of the request: INVITE when a CANCEL looks for what it cancels.
    init?(_ request: SIPRequest, as method: SIPMethod? = nil) {
        guard let via = request.via else { return nil }
        host = via.host
        port = via.port
        let own = method ?? request.method
        self.method = own == .ack ? .invite : own
        if via.hasMagicCookie, let branch = via.branch {
            self.branch = branch
        } else {
            // No response tag: the ACK has it, the INVITE has not.
            self.branch = "2543 \(request.callID) \(request.cseq.number) \(request.from.tag ?? "") \(request.uri.text) \(via.branch ?? "")"
        }
    }
}
