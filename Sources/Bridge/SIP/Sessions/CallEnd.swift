/// How a call ended: each has exactly one.
public struct CallEnd: Equatable, Sendable {
    public enum Cause: Equatable, Sendable {
        /// The other side refused, with `status` 300 to 699; a redirection is not followed, a challenge was not to be met.
        case refused
        /// We cancelled before an answer counted. `status` is 487, or that of the answer which crossed our CANCEL.
        case cancelled
        /// We hung up.
        case hungUp
        /// The peer hung up.
        case peerHungUp
        /// Nobody answered the INVITE in 64*T1, or a request in the call (`status` 408).
        case timedOut
        /// The transport could not send.
        case unreachable
        /// The answer held no session description: there is nothing to hear (RFC 3261 section 13.2.1).
        case noSessionDescription
        /// The peer never acknowledged our answer to its re-INVITE (section 14.2).
        case unacknowledged
        /// The peer no longer knows the call (`status` 481).
        case forgotten
    }

    public var cause: Cause
    /// The status that decided; `nil` where no response did.
    public var status: UInt16?
    /// The cause of the telephone network, where the peer told it (RFC 3326).
    public var q850Cause: UInt8?
    /// Whether there was a 2xx before.
    public var wasAnswered: Bool

    public init(_ cause: Cause, status: UInt16? = nil, q850Cause: UInt8? = nil, wasAnswered: Bool = false) {
        self.cause = cause
        self.status = status
        self.q850Cause = q850Cause
        self.wasAnswered = wasAnswered
    }
}
