extension Duration {
    /// Milliseconds, rounded down; 0 for a negative time.
    var wholeMilliseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, isTooLong) = UInt64(seconds).multipliedReportingOverflow(by: 1000)
        return isTooLong ? .max : whole &+ UInt64(attoseconds / 1_000_000_000_000_000)
    }
}
