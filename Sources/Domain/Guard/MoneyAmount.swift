/// An amount in the one currency of the installation, whichever it is: whole millionths of its unit, so that sums are exact.
public struct MoneyAmount: Sendable, Hashable {
    /// A thousand million units: more than any line costs, and far from the end of the numbers.
    public static let limit = 1_000_000_000_000_000

    /// What a minute may cost at most: ten thousand units.
    public static let highestPrice = 10_000_000_000

    public let millionths: Int

    /// `nil` if it is negative or above the limit.
    public init?(millionths: Int) {
        guard (0...Self.limit).contains(millionths) else { return nil }
        self.millionths = millionths
    }

    /// Reads `12`, `0.019`: 1–10 digits, and at most six behind a point.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...10).contains(parts[0].count), parts.count == 1 || (1...6).contains(parts[1].count),
            parts.allSatisfy({ $0.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        var millionths = parts[0].reduce(0) { $0 * 10 + Int($1 - 48) }
        var fraction = parts.count == 2 ? Array(parts[1]) : []
        fraction += [UInt8](repeating: 48, count: 6 - fraction.count)
        for digit in fraction { millionths = millionths * 10 + Int(digit - 48) }
        self.init(millionths: millionths)
    }

    /// Without zeros at the end: `0.019`.
    public var text: String {
        let fraction = String(String(1_000_000 + millionths % 1_000_000).dropFirst())
        let kept = fraction.reversed().drop { $0 == "0" }.reversed()
        return kept.isEmpty ? "\(millionths / 1_000_000)" : "\(millionths / 1_000_000).\(String(kept))"
    }

    /// What so many seconds cost at this price for a minute, rounded up to a millionth; never more than can be counted.
    public func cost(ofSeconds seconds: Int) -> Int {
        let (product, overflow) = millionths.multipliedReportingOverflow(by: max(0, seconds))
        return overflow ? Int.max / 60 : (product / 60) + (product % 60 == 0 ? 0 : 1)
    }

    /// The seconds that so many millionths pay for at this price for a minute; `nil`: it costs nothing.
    public func seconds(for amount: Int) -> Int? {
        guard millionths > 0 else { return nil }
        let (product, overflow) = max(0, amount).multipliedReportingOverflow(by: 60)
        return (overflow ? Int.max : product) / millionths
    }
}
