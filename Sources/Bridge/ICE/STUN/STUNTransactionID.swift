/// The 96 bits that tie an answer to its question (RFC 8489 section 5).
public struct STUNTransactionID: Hashable, Sendable {
    public var high: UInt32
    public var low: UInt64

    public init(high: UInt32, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A fresh id; the generator must be one that nobody can foresee.
    public init(random: inout some RandomNumberGenerator) {
        high = random.next()
        low = random.next()
    }
}
