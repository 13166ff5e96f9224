import SIP

/// Where a trunk's host name points to.
package enum Resolution: Equatable, Sendable {
    /// It is being looked up.
    case pending
    case addresses([SIPAddress])
    /// The name could not be looked up, or has no address.
    case failed
}
