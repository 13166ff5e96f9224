/// The nonces of requests that were received lately, so that none is done twice.
///
/// Only nonces of valid signatures are kept: a stranger can neither fill it nor use up somebody's nonce.
/// It is bounded: a nonce is forgotten when its signature is too old to be accepted anyway, and a full window takes
/// nothing new, since forgetting early would open the door to a repetition.
public struct NonceWindow: Sendable {
    public enum Admission: Sendable, Equatable {
        case fresh
        case replayed
        /// There is no room to remember it, so it must not be done.
        case full
    }

    private let capacity: Int
    private var nonces: Set<ControlNonce> = []
    /// The same nonces by the second in which they may be forgotten: at most as many entries as a signature is good for, in seconds.
    private var byExpiry: [Int64: [ControlNonce]] = [:]

    public init(capacity: Int = 65_536) {
        self.capacity = capacity
    }

    public var count: Int { nonces.count }

    /// Keeps `nonce` through the second `expiry`; both times are seconds since 1970 UTC.
    public mutating func admit(_ nonce: ControlNonce, expiry: Int64, now: Int64) -> Admission {
        forget(before: now)
        guard !nonces.contains(nonce) else { return .replayed }
        guard nonces.count < capacity else { return .full }
        nonces.insert(nonce)
        byExpiry[expiry, default: []].append(nonce)
        return .fresh
    }

    private mutating func forget(before now: Int64) {
        for (expiry, expired) in byExpiry where expiry < now {
            nonces.subtract(expired)
            byExpiry[expiry] = nil
        }
    }
}
