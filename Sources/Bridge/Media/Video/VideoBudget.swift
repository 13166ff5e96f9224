/// How many pictures a browser is sent when its path does not carry all of them: sound comes first.
///
/// A picture fewer at a time, and one more after a while; a try that fails makes the next one wait longer.
package struct VideoBudget {
    static let interval = Duration.milliseconds(500)
    /// Decisions in a row that must find the path too narrow.
    private static let strikes = 4
    /// Of 256 packets; this many lost, and pictures only make it worse. Far above what repeating heals.
    private static let unbearableLoss: UInt8 = 64
    /// Bits per second of a picture below which an estimate is not believed: a browser's follows what it is sent, and what moves little is sent
    /// in drops.
    static let smallRate: UInt64 = 150_000
    private static let firstPatience = Duration.seconds(8)
    private static let longestPatience = Duration.seconds(64)
    /// An estimate that was not renewed says nothing any more.
    private static let freshness = Duration.seconds(4)

    /// Pictures at a time; `nil` as long as nothing speaks against all of them.
    package private(set) var limit: Int?
    private var estimate: (bitsPerSecond: UInt64, at: Duration)?
    private var loss: (fraction: UInt8, at: Duration)?
    /// Whether two reports in a row say that too much is lost.
    private var isLosing = false
    /// Whether the path was found clearly narrower since `noticeFall`.
    package private(set) var hasFallen = false
    private var found = 0
    private var patience = firstPatience
    private var decideAt = Duration.zero
    private var retryAt = Duration.zero

    package init() {}

    /// The browser says what its path carries.
    package mutating func estimated(_ bitsPerSecond: UInt64, now: Duration) {
        if let before = self.bitsPerSecond(now: now), bitsPerSecond < before / 10 * 9 { hasFallen = true }
        estimate = (bitsPerSecond, now)
    }

    package mutating func noticeFall() { hasFallen = false }

    /// What the path has lost of all pictures since the browser's last report, in 256ths.
    package mutating func lost(_ fraction: UInt8, now: Duration) {
        // One alone is what an outage leaves behind; the next one says whether it is over.
        isLosing = fraction >= Self.unbearableLoss && loss.map { $0.fraction >= Self.unbearableLoss && now - $0.at < Self.freshness } ?? false
        loss = (fraction, now)
    }

    /// What the path carries, as far as that is known now.
    package func bitsPerSecond(now: Duration) -> UInt64? {
        estimate.flatMap { now - $0.at < Self.freshness ? $0.bitsPerSecond : nil }
    }

    /// Decides anew, at most twice a second.
    ///
    /// - Parameters:
    ///   - shown: pictures that are sent now.
    ///   - wanted: pictures that the browser would show.
    ///   - rate: bits per second that they take.
    /// - Returns: whether `limit` is another than before.
    package mutating func decide(shown: Int, wanted: Int, rate: UInt64, now: Duration) -> Bool {
        guard decideAt <= now else { return false }
        decideAt = now + Self.interval
        let before = limit
        found = shown > 0 && isTooNarrow(for: rate, of: shown, now: now) ? found + 1 : 0
        if found >= Self.strikes {
            found = 0
            limit = shown - 1
            retryAt = now + patience
            patience = min(patience * 2, Self.longestPatience)
        } else if let limit, retryAt <= now {
            self.limit = limit + 1 < wanted ? limit + 1 : nil
            retryAt = now + patience
        } else if limit == nil, now - retryAt > Self.longestPatience {
            patience = Self.firstPatience
        }
        return limit != before
    }

    private func isTooNarrow(for rate: UInt64, of pictures: Int, now: Duration) -> Bool {
        if rate >= Self.smallRate * UInt64(pictures), let estimate = bitsPerSecond(now: now), estimate < rate / 5 * 3 { return true }
        return isLosing && loss.map { now - $0.at < Self.freshness } ?? false
    }
}
