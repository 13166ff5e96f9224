extension IPAddress {
    /// Reads four decimals, or an IPv6 address in any form of RFC 4291 section 2.2, without brackets and zone.
    public init?(_ text: String) {
        guard text.utf8.count <= 45 else { return nil }
        self.init(Array(text.utf8)[...])
    }

    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count <= 45 else { return nil }
        if let address = Self.ipv4(bytes) {
            self.init(ipv4: address)
        } else if let groups = Self.groups(bytes) {
            self.init(
                ipv6High: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
                low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
        } else {
            return nil
        }
    }

    private static func ipv4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            // A leading zero is octal to some readers and decimal to others: refused.
            guard part.count == 1 || part.first != UInt8(ascii: "0"), let value: UInt8 = decimal(part) else { return nil }
            address = address << 8 | UInt32(value)
        }
        return address
    }

    /// The eight groups of an IPv6 address.
    private static func groups(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
        let parts = bytes.split(separator: UInt8(ascii: ":"), maxSplits: 9, omittingEmptySubsequences: false)
        guard (3...9).contains(parts.count) else { return nil }
        var (head, tail): ([UInt16], [UInt16]) = ([], [])
        var hasGap = false
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                // `::` at an end leaves two empty parts there, anywhere else one.
                let isOuter = index == 0 && parts[1].isEmpty || index == parts.count - 1 && parts[index - 1].isEmpty
                if isOuter { continue }
                guard !hasGap, index > 0, index < parts.count - 1 else { return nil }
                hasGap = true
            } else if index == parts.count - 1, let address = ipv4(part) {
                tail += [UInt16(truncatingIfNeeded: address >> 16), UInt16(truncatingIfNeeded: address)]
            } else {
                guard let group = group(part) else { return nil }
                if hasGap { tail.append(group) } else { head.append(group) }
            }
        }
        let count = head.count + tail.count
        guard hasGap ? count < 8 : count == 8 else { return nil }
        return head + Array(repeating: 0, count: 8 - count) + tail
    }

    private static func group(_ part: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(part.count) else { return nil }
        var value: UInt16 = 0
        for byte in part {
            guard let digit = byte.hexValue else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// `192.0.2.1`, or IPv6 in its one canonical form without brackets, `2001:db8::1` (RFC 5952 section 4).
    public var text: String {
        if isIPv4 { return "\(ipv4 >> 24).\(ipv4 >> 16 & 255).\(ipv4 >> 8 & 255).\(ipv4 & 255)" }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - 16 * ($0 % 4))) }
        // The first of the longest runs of at least two zeros is left out.
        var gap = 0..<0
        var start = 0
        for index in 0..<8 {
            if groups[index] != 0 {
                start = index + 1
            } else if index + 1 - start > gap.count {
                gap = start..<index + 1
            }
        }
        func join(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
        return gap.count < 2 ? join(groups[...]) : "\(join(groups[..<gap.lowerBound]))::\(join(groups[gap.upperBound...]))"
    }

    /// The text as a URI or a Via has it: IPv6 in brackets.
    public var hostText: String { isIPv4 ? text : "[\(text)]" }
}

extension IPAddress: CustomStringConvertible {
    public var description: String { text }
}
