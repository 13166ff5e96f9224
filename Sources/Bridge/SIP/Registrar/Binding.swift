/// Where an extension can be reached: one contact of it (RFC 3261 section 10).
public struct Binding: Equatable, Sendable {
    /// What the telephone calls itself; a request to it has this as its Request-URI.
    public var contact: SIPURI
    /// Where its REGISTER came from. Requests go there, since behind a NAT the contact is an address of elsewhere.
    public var received: SIPAddress
    /// Our own address that the REGISTER came to: requests leave from it, or the NAT would drop them.
    public var local: SIPAddress
    /// The preference in thousandths, 0 to 1000.
    public var preference: UInt16
    /// The monotonic time at which it ends.
    public var expiry: Duration
    public var callID: String
    public var cseq: UInt32
    /// User-Agent, shortened; empty where none was sent.
    public var userAgent: String

    /// What is left of it, in whole seconds, rounded up.
    func secondsLeft(now: Duration) -> UInt32 {
        let left = expiry - now
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        return UInt32(clamping: attoseconds > 0 ? seconds &+ 1 : seconds)
    }
}

/// What became of a binding.
public enum BindingChange: Equatable, Sendable {
    /// Whose binding it is.
    public var `extension`: String {
        switch self {
        case .added(let number, _), .refreshed(let number, _), .removed(let number, _, _): number
        }
    }

    case added(extension: String, Binding)
    case refreshed(extension: String, Binding)
    case removed(extension: String, Binding, Reason)

    /// Why a binding is no more.
    public enum Reason: Equatable, Sendable {
        case unregistered
        case expired
        /// It had to make room for another one of the same address.
        case displaced
        /// The extension was taken away.
        case revoked
    }
}
