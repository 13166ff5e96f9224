/// The clock of one machine, which runs faster (positive drift) or slower than true time.
public struct VirtualClock: Sendable {
    /// Millionths by which this clock runs fast.
    public var drift: Int

    /// - Parameter drift: parts per million; 200 gains 12 ms a minute.
    public init(drift: Int = 0) {
        self.drift = drift
    }

    /// What this clock shows at the true time `time`.
    public func reading(at time: Duration) -> Duration {
        time + time * drift / 1_000_000
    }

    /// The true time at which this clock shows `reading` (rounded down to a nanosecond).
    public func time(of reading: Duration) -> Duration {
        let (seconds, attoseconds) = reading.components
        let nanoseconds = Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000)
        return .nanoseconds(Int64(nanoseconds * 1_000_000 / Int128(1_000_000 + drift)))
    }
}
