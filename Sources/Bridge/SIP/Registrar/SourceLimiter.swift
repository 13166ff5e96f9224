/// A limit on how often each source address is served, in memory of a fixed size: a flood of forged sources adds nothing.
///
/// Addresses share a bucket by chance; the number that the shares are drawn with is secret, so nobody can aim at another's.
struct SourceLimiter: Sendable {
    private var buckets: [Bucket]
    private let salt: UInt64
    /// Takings per second.
    private let rate: UInt64
    private let burst: UInt64

    private struct Bucket: Sendable {
        /// Thousandths of a taking that are left.
        var level: UInt64
        /// Milliseconds of monotonic time.
        var filled: UInt64
    }

    /// - Parameters:
    ///   - buckets: a power of two.
    ///   - rate: takings per second in the long run.
    ///   - burst: takings at once.
    init(buckets: Int = 4096, rate: UInt32, burst: UInt32, salt: UInt64) {
        self.rate = UInt64(max(1, rate))
        self.burst = UInt64(max(1, burst)) * 1000
        self.buckets = Array(repeating: Bucket(level: self.burst, filled: 0), count: buckets)
        self.salt = salt
    }

    /// Takes one; `false` if there is none left.
    mutating func take(_ source: IPAddress, now: Duration) -> Bool {
        let index = Int(truncatingIfNeeded: share(of: source) & UInt64(buckets.count - 1))
        let time = now.wholeMilliseconds
        var bucket = buckets[index]
        if time > bucket.filled {
            // One taking per second is a thousandth per millisecond.
            let (gain, isFull) = (time - bucket.filled).multipliedReportingOverflow(by: rate)
            bucket.level = isFull || gain >= burst - bucket.level ? burst : bucket.level + gain
            bucket.filled = time
        }
        let isServed = bucket.level >= 1000
        if isServed { bucket.level -= 1000 }
        buckets[index] = bucket
        return isServed
    }

    /// An IPv6 site has a whole /64 to draw sources from: it counts as one.
    private func share(of source: IPAddress) -> UInt64 {
        var mixed = salt ^ (source.isIPv4 ? source.low : source.high)
        for _ in 0..<2 {
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            mixed = (mixed ^ (mixed >> 31)) &+ salt
        }
        return mixed ^ (mixed >> 32)
    }
}
