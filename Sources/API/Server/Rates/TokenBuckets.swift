import Synchronization

/// A bucket of tokens for each key, of which a bounded number is kept. It counts in this process alone.
package final class TokenBuckets<Key: Hashable & Sendable>: Sendable {
    /// Keys with a bucket; beyond this the full ones are forgotten, and if none is, all: that costs nothing but precision.
    package static var capacity: Int { 10_000 }

    private let burst: Int
    private let refill: Duration
    private let buckets = Mutex<[Key: TokenBucket]>([:])

    /// - Parameters:
    ///   - burst: tokens of a full bucket.
    ///   - refill: time in which one token is earned.
    package init(burst: Int, refill: Duration) {
        self.burst = burst
        self.refill = refill
    }

    /// Keys that have a bucket now.
    package var count: Int { buckets.withLock { $0.count } }

    /// Takes a token of `key` at `now` (monotonic).
    /// - Returns: whether there was one, and the bucket after it.
    package func take(_ key: Key, now: Duration) -> (isAdmitted: Bool, bucket: TokenBucket) {
        buckets.withLock { buckets in
            if buckets[key] == nil, buckets.count >= Self.capacity {
                buckets = buckets.filter { !$0.value.isFull(now: now) }
                if buckets.count >= Self.capacity { buckets = [:] }
            }
            var bucket = buckets[key] ?? TokenBucket(capacity: burst, refill: refill, now: now)
            let isAdmitted = bucket.take(now: now)
            buckets[key] = bucket
            return (isAdmitted, bucket)
        }
    }
}
