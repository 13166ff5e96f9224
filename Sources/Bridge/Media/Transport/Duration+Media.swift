extension Duration {
    /// Whole units of a clock of `rate` Hz, such as RTP timestamp units; wraps on absurd lengths instead of trapping.
    public func units(at rate: Int) -> Int64 {
        let (seconds, attoseconds) = components
        let unit = 1_000_000_000_000_000_000 / Int64(max(rate, 1))
        return seconds &* Int64(rate) &+ attoseconds / unit
    }

    /// Whole milliseconds, rounded towards zero.
    public var wholeMilliseconds: Int64 { units(at: 1000) }

    /// `count` units of a clock of `rate` Hz as time.
    public static func units(_ count: Int64, at rate: Int) -> Duration {
        .nanoseconds(count &* (1_000_000_000 / Int64(max(rate, 1))))
    }
}
