/// Wall-clock time as RTCP carries it: seconds since 1900 and 32 bits of fraction (RFC 3550 section 4).
public struct NTPTimestamp: RawRepresentable, Hashable, Sendable {
    /// Seconds in the upper half, their fraction in the lower.
    public var rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Seconds from 1900 to 1970.
    private static let unixEpoch: Int64 = 2_208_988_800

    /// The moment `nanoseconds` after 1970. The seconds wrap in 2036, as RFC 3550 section 4 expects.
    public init(unixNanoseconds nanoseconds: Int64) {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        // Before 1970 the remainder is negative: borrow a second.
        let fraction = UInt64(rest < 0 ? rest + 1_000_000_000 : rest)
        let whole = (rest < 0 ? seconds - 1 : seconds) &+ Self.unixEpoch
        rawValue = UInt64(truncatingIfNeeded: whole) << 32 | (fraction << 32) / 1_000_000_000
    }

    /// The middle 32 bits, in 65,536ths of a second: the form in which a report block refers to a sender report.
    public var compact: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 16) }
}
