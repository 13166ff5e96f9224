/// Tokens that are earned evenly and spent one by one.
package struct TokenBucket: Sendable, Equatable {
    let capacity: Int
    /// Time in which one token is earned.
    let refill: Duration
    package private(set) var tokens: Int
    /// When the last token was earned.
    private var refilledAt: Duration

    package init(capacity: Int, refill: Duration, now: Duration) {
        self.capacity = capacity
        self.refill = refill
        tokens = capacity
        refilledAt = now
    }

    package mutating func take(now: Duration) -> Bool {
        let earned = Int(min((now - refilledAt) / refill, Double(capacity)))
        if earned > 0 {
            tokens = min(capacity, tokens + earned)
            refilledAt = tokens == capacity ? now : refilledAt + refill * earned
        }
        guard tokens > 0 else { return false }
        tokens -= 1
        return true
    }

    package func untilNext(now: Duration) -> Duration { tokens > 0 ? .zero : max(.zero, refilledAt + refill - now) }
    package func untilFull(now: Duration) -> Duration { max(.zero, refilledAt + refill * (capacity - tokens) - now) }
    package func isFull(now: Duration) -> Bool { untilFull(now: now) == .zero }
}
