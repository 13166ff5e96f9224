/// The timer values of RFC 3261 (table 4), from which all others follow.
public struct SIPTimers: Equatable, Sendable {
    /// The estimate of a round trip.
    public var t1: Duration
    /// The longest time between two retransmissions of a non-INVITE request or of a final response to an INVITE.
    public var t2: Duration
    /// The longest time that a message stays in the network.
    public var t4: Duration

    public init(t1: Duration = .milliseconds(500), t2: Duration = .seconds(4), t4: Duration = .seconds(5)) {
        self.t1 = t1
        self.t2 = t2
        self.t4 = t4
    }

    /// After so long without an answer the other side is not there: timers B, F, H, J, L and M.
    public var patience: Duration { t1 * 64 }
    /// Timer D: as long as timer H of a server that uses the usual T1, which is not ours to know (section 17.1.1.2).
    public var timerD: Duration { max(.seconds(32), patience) }
}

/// What carries the messages of one transaction.
public enum TransportReliability: Equatable, Sendable {
    /// UDP: what is not answered is sent again.
    case unreliable
    /// TCP and TLS: the transport repeats, the transaction only waits.
    case reliable
}
