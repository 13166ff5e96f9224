/// Renumbers one forwarded stream: what was removed on purpose leaves no hole, what was lost stays lost.
///
/// A receiver answers a hole with concealment and NACK, so a packet that we chose not to forward must close up,
/// and a late packet must still get the number that its place in the stream had. Source numbers are 64-bit
/// unwrapped; the last few removals are remembered, older ones are folded into the base.
public struct SequenceMap: Sendable {
    private struct Removal {
        /// The removed packet's own number.
        var source: Int64
    }

    /// Removals that can still be behind a late packet. 32 are more than a reorder window ever spans.
    private static let capacity = 32

    /// Added to a source number that lies before every remembered removal.
    private var base: Int64
    private var removals: [Removal] = []
    /// The last removal that is folded into the base; what came before it can be numbered no more.
    private var folded: Int64?
    /// The highest source number that was mapped.
    private var highest: Int64?

    /// - Parameter offset: what is added to a source number to make the number that is sent.
    public init(offset: Int64) {
        base = offset
        removals.reserveCapacity(Self.capacity)
    }

    /// Takes note that `source` is not forwarded. Asking twice for the same packet changes nothing.
    ///
    /// One that comes late stays a hole: what was sent after it has its number already.
    public mutating func remove(_ source: Int64) {
        if let highest, source <= highest { return }
        var index = removals.count
        while index > 0, removals[index - 1].source >= source {
            if removals[index - 1].source == source { return }
            index -= 1
        }
        if removals.count == Self.capacity {
            // Older than anything remembered: packets around it are long gone.
            guard index > 0 else { return }
            folded = removals.removeFirst().source
            base &-= 1
            index -= 1
        }
        removals.insert(Removal(source: source), at: index)
    }

    /// The number to send for `source`; `nil` if that packet was removed, or is older than everything remembered.
    public mutating func map(_ source: Int64) -> Int64? {
        if let folded, source <= folded { return nil }
        var before: Int64 = 0
        var index = removals.count
        while index > 0 {
            let removed = removals[index - 1].source
            if removed == source { return nil }
            if removed < source {
                before = Int64(index)
                break
            }
            index -= 1
        }
        highest = max(highest ?? source, source)
        return source &+ base &- before
    }

    /// The source number that was sent as `sent`; `nil` if it is older than everything remembered.
    public func source(of sent: Int64) -> Int64? {
        var source = sent &- base
        for removal in removals where removal.source <= source { source &+= 1 }
        if let folded, source <= folded { return nil }
        return source
    }
}
