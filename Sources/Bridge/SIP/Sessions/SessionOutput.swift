/// What a request of a session was sent for; the response comes back with it.
enum RequestRole: Equatable, Sendable {
    case invite
    case cancel
    /// BYE to the fork of that tag.
    case bye(remoteTag: String)
    /// An offer of ours in the call.
    case reinvite
    /// An OPTIONS outside of any call: no session hears of it.
    case probe
}

/// Why a request got no final response.
enum RequestFailure: Equatable, Sendable {
    /// Timer B or F.
    case timedOut
    /// 64*T1 after the CANCEL (RFC 3261 section 9.1).
    case abandoned
    case transport
}

/// What a session wants done, in this order.
enum SessionAction: Equatable, Sendable {
    /// A new client transaction.
    case request(SIPRequest, to: SIPAddress, as: RequestRole)
    /// An ACK for a 2xx, which belongs to no transaction, or a 2xx again.
    case transmit([UInt8], to: SIPAddress)
    /// The INVITE of that branch has been cancelled.
    case noteCancel(branch: String)
    /// A client transaction of a former process, for an INVITE whose final response may still come.
    case resumeInvite(SIPRequest, to: SIPAddress)
    /// The answer to a request of the peer.
    case respond(SIPResponse, ServerTransactionKey)
    case event(SIPEvent)
}

/// Collects what one input of a session comes to.
struct SessionOutput {
    var actions: [SessionAction] = []

    mutating func add(_ action: SessionAction) { actions.append(action) }
    mutating func add(_ event: SIPEvent) { actions.append(.event(event)) }
}

/// What all sessions of an endpoint have in common.
struct SessionContext: Sendable {
    var timers: SIPTimers
    /// User-Agent and Server.
    var product: String
    /// How long the caller may take to answer an offer of the peer.
    var offerPatience: Duration
    /// Forks that are followed; more are ignored.
    var forkLimit = 16
}
