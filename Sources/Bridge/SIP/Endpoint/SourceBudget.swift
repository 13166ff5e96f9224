/// How many answers each source gets to requests outside of any call: who forges a source address cannot make this
/// endpoint flood the true owner, and who guesses extensions gets tired.
///
/// A token bucket per IPv4 address or IPv6 /64. The table is bounded: when it is full of sources that have just been
/// active, all further ones share one bucket.
struct SourceBudget {
    struct Rate: Equatable, Sendable {
        /// Answers at once.
        var burst: Int
        /// Answers a second, in the long run.
        var perSecond: Int
    }

    private struct Bucket {
        var tokens: Double
        var at: Duration

        mutating func take(_ rate: Rate, now: Duration) -> Bool {
            let elapsed = max(.zero, now - at) / .seconds(1)
            tokens = min(Double(rate.burst), tokens + elapsed * Double(rate.perSecond))
            at = now
            guard tokens >= 1 else { return false }
            tokens -= 1
            return true
        }

        func isFull(_ rate: Rate, now: Duration) -> Bool {
            tokens + max(.zero, now - at) / .seconds(1) * Double(rate.perSecond) >= Double(rate.burst)
        }
    }

    private struct Source: Hashable {
        let network: UInt64
        let host: UInt64

        init(_ ip: IPAddress) {
            network = ip.high
            // Who has one address of an IPv6 network has all 2^64 of them.
            host = ip.isIPv4 ? ip.low : 0
        }
    }

    let rate: Rate
    let capacity: Int
    private var buckets: [Source: Bucket] = [:]
    private var others: Bucket
    private var sweptAt: Duration?

    init(rate: Rate, capacity: Int) {
        self.rate = rate
        self.capacity = capacity
        others = Bucket(tokens: Double(rate.burst), at: .zero)
    }

    /// Sources that are remembered.
    var count: Int { buckets.count }

    /// Takes one answer to `source` from its budget.
    /// - Returns: whether there was one left.
    mutating func take(_ source: IPAddress, now: Duration) -> Bool {
        let source = Source(source)
        if buckets[source] == nil {
            if buckets.count >= capacity { sweep(now: now) }
            guard buckets.count < capacity else { return others.take(rate, now: now) }
        }
        return buckets[source, default: Bucket(tokens: Double(rate.burst), at: now)].take(rate, now: now)
    }

    /// Forgets the sources whose bucket is full: they are as good as new. At most once a second, since it looks at all.
    private mutating func sweep(now: Duration) {
        if let sweptAt, now - sweptAt < .seconds(1) { return }
        sweptAt = now
        buckets = buckets.filter { !$0.value.isFull(rate, now: now) }
    }
}
