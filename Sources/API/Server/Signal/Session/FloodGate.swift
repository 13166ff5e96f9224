/// A token bucket over one socket's frames: 50 in a burst, 20 a second on average.
package struct FloodGate: Sendable, Equatable {
    package static let burst = 50
    package static let refill = Duration.milliseconds(50)

    private var bucket: TokenBucket

    package init(now: Duration) { bucket = TokenBucket(capacity: Self.burst, refill: Self.refill, now: now) }

    /// Takes one frame in; `false` when it is one too many.
    package mutating func admits(now: Duration) -> Bool { bucket.take(now: now) }
}
