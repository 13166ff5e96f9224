/// Makes a counter that wraps one that does not, by taking each value as the one nearest to the newest (RFC 1982).
///
/// An old value gets its old place and moves nothing; a step of more than half the range forward looks like a
/// step back.
public struct SerialUnwrapper<Counter: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    /// The highest value given out so far; the next one is placed near it.
    public var newest: Int64?

    @inlinable public init() {}

    /// The place of `value` in the unwrapped sequence. The first value keeps its number.
    @inlinable public mutating func unwrap(_ value: Counter) -> Int64 {
        guard let newest else {
            newest = Int64(truncatingIfNeeded: value)
            return Int64(truncatingIfNeeded: value)
        }
        let forward = value &- Counter(truncatingIfNeeded: newest)
        let isForward = forward >> (Counter.bitWidth - 1) == 0
        let step = Int64(truncatingIfNeeded: forward) - (isForward ? 0 : 1 << Int64(Counter.bitWidth))
        let unwrapped = newest &+ step
        if isForward { self.newest = unwrapped }
        return unwrapped
    }
}

/// Unwraps RTP sequence numbers.
public typealias SequenceUnwrapper = SerialUnwrapper<UInt16>
/// Unwraps RTP timestamps.
public typealias TimestampUnwrapper = SerialUnwrapper<UInt32>
