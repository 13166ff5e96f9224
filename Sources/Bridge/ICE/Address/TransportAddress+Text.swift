extension TransportAddress {
    /// The address without the port: `192.0.2.1`, or IPv6 in the one canonical form, `2001:db8::1` (RFC 5952 section 4).
    public var hostText: String {
        if isIPv4 { return Self.text(ipv4: ipv4) }
        // An IPv4-mapped address is the one whose tail is known to be IPv4 (RFC 5952 section 5).
        if high == 0, low >> 32 == 0xFFFF { return "::ffff:\(Self.text(ipv4: ipv4))" }
        let groups = (0..<8).map { index -> UInt16 in
            UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index % 4)))
        }
        guard let gap = Self.longestZeros(groups) else { return Self.text(groups[...]) }
        return "\(Self.text(groups[..<gap.lowerBound]))::\(Self.text(groups[gap.upperBound...]))"
    }

    private static func text(ipv4 address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }

    private static func text(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest runs of at least two zeros (RFC 5952 sections 4.2.2 and 4.2.3).
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<0
        var start = 0
        for index in 0..<8 {
            if groups[index] != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<index + 1
            }
        }
        return longest.count >= 2 ? longest : nil
    }
}

extension TransportAddress: CustomStringConvertible {
    /// `192.0.2.1:5004` or `[2001:db8::1]:5004`.
    public var description: String {
        isIPv4 ? "\(hostText):\(port)" : "[\(hostText)]:\(port)"
    }
}
