import Domain

/// How often rooms are entered from one address, or from one subnet of IPv6: enough for a whole office at nine o'clock,
/// not enough to fill the bridge with empty rooms. Who comes back to a place of his own is not counted.
package final class JoinGate: Sendable {
    /// Joins at once.
    package static let burst = 300
    /// Time in which another one is earned: 300 a minute.
    package static let refill = Duration.milliseconds(200)
    /// What one customer of an IPv6 network is given at least (RFC 6177).
    private static let subnet = 64

    private let buckets = TokenBuckets<CIDRBlock?>(burst: burst, refill: refill)

    package init() {}

    /// - Parameter client: those without an address have one bucket together.
    package func admits(_ client: IPAddress?, now: Duration) -> Bool {
        buckets.take(client.map { CIDRBlock(around: $0, length: $0.isIPv4 ? 32 : Self.subnet) }, now: now).isAdmitted
    }
}
