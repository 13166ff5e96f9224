/// What became of one datagram that was given to an `ICELiteAgent`.
public enum ICEOutcome: Equatable, Sendable {
    /// Nothing is sent: a stranger learns nothing, not even that somebody is here.
    case ignored(ICEIgnored)
    /// The peer is who it says, and asks for what cannot be: the response tells it so. Its path has gained nothing.
    case refused(STUNErrorCode)
    /// A valid check: the response is a success, and the paths are as told.
    case responded(ICEPathUpdate)
}

/// Why a datagram was dropped in silence.
public enum ICEIgnored: UInt8, Sendable, CaseIterable {
    /// Not a STUN message, too large, or contradicting itself.
    case malformed
    /// FINGERPRINT is wrong or missing, which ICE demands.
    case noFingerprint
    /// A response, an indication (a mere keep-alive) or a foreign method: a lite agent asks nothing.
    case notARequest
    /// USERNAME or MESSAGE-INTEGRITY is missing.
    case noCredentials
    /// The USERNAME is not of this session.
    case wrongUsername
    /// The integrity was not made with our password.
    case wrongIntegrity
    /// The agent has expired.
    case expired
}

/// What a valid check changed. The driver keeps its table of addresses by it.
public struct ICEPathUpdate: Equatable, Sendable {
    /// The path is new: from now on, datagrams on it are this peer's.
    public var isNewPath: Bool
    /// The path to send on from now on, if that has changed.
    public var selected: TransportPath?
    /// A path that gave way to the new one; its datagrams are this peer's no longer, unless another agent has it by now.
    public var forgotten: TransportPath?

    public init(isNewPath: Bool = false, selected: TransportPath? = nil, forgotten: TransportPath? = nil) {
        self.isNewPath = isNewPath
        self.selected = selected
        self.forgotten = forgotten
    }
}

/// The one timer of an agent, and why it runs.
public struct ICEDeadline: Equatable, Sendable {
    public enum Reason: Sendable {
        /// No valid check has come yet: the peer's UDP is blocked, or it never began.
        case firstCheck
        /// Valid checks have ceased: the peer no longer consents to what we send (RFC 7675 section 5.1).
        case consent
    }

    public var at: Duration
    public var reason: Reason

    public init(at: Duration, reason: Reason) {
        self.at = at
        self.reason = reason
    }
}
