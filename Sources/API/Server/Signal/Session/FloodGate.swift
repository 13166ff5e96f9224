/// A token bucket over one socket's frames: 50 in a burst, 20 a second on average.
package struct FloodGate: Sendable, Equatable {
    package static let burst = 50
    package static let refill = Duration.milliseconds(50)

    private var tokens = Self.burst
    /// When the last token was earned.
    private var refilledAt: Duration

    package init(now: Duration) { refilledAt = now }

    /// Takes one frame in; `false` when it is one too many.
    package mutating func admits(now: Duration) -> Bool {
        let earned = Int((now - refilledAt) / Self.refill)
        if earned > 0 {
            tokens = min(Self.burst, tokens + min(earned, Self.burst))
            refilledAt = tokens == Self.burst ? now : refilledAt + Self.refill * earned
        }
        guard tokens > 0 else { return false }
        tokens -= 1
        return true
    }
}
