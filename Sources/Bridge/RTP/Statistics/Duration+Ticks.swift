extension Duration {
    /// The whole ticks of a clock with `rate` ticks a second in this span; wraps after 2⁶³ ticks.
    func ticks(rate: Int) -> Int64 {
        let (seconds, attoseconds) = components
        let nanoseconds = attoseconds / 1_000_000_000
        return seconds &* Int64(rate) &+ nanoseconds &* Int64(rate) / 1_000_000_000
    }

    /// A span given in 65,536ths of a second.
    init(compactTicks ticks: UInt32) {
        self = .nanoseconds(Int64(ticks) * 1_000_000_000 / 65536)
    }

    /// A span given in ticks of a clock with `rate` ticks a second.
    init(ticks: UInt32, rate: Int) {
        self = .nanoseconds(Int64(ticks) * 1_000_000_000 / Int64(rate))
    }
}
