extension TransportAddress {
    /// Reads an IPv4 address in four decimals, or an IPv6 address in any form of RFC 4291 section 2.2, without a zone.
    ///
    /// An IPv4-mapped IPv6 address is read as the IPv4 address that it stands for.
    /// - Returns: `nil` if `host` is neither; a name is not looked up.
    public init?(host: String, port: UInt16) {
        // The longest form is that of 45 characters, with an IPv4 tail.
        let bytes = Array(host.utf8.prefix(46))
        guard bytes.count <= 45 else { return nil }
        if let address = Self.ipv4(bytes[...]) {
            self.init(ipv4: address, port: port)
        } else if let groups = Self.groups(bytes[...]) {
            let high = groups[0..<4].reduce(0 as UInt64) { $0 << 16 | UInt64($1) }
            let low = groups[4..<8].reduce(0 as UInt64) { $0 << 16 | UInt64($1) }
            if high == 0, low >> 32 == 0xFFFF {
                self.init(ipv4: UInt32(truncatingIfNeeded: low), port: port)
            } else {
                self.init(ipv6High: high, low: low, port: port)
            }
        } else {
            return nil
        }
    }

    /// Reads what `description` writes.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Self.port(text[text.index(after: colon)...]) else { return nil }
        let host = text[..<colon]
        if host.first == "[", host.last == "]" {
            guard host.contains(":") else { return nil }
            self.init(host: String(host.dropFirst().dropLast()), port: port)
        } else {
            guard !host.contains(":") else { return nil }
            self.init(host: String(host), port: port)
        }
    }

    static func port(_ text: Substring) -> UInt16? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return UInt16(text)
    }

    private static func ipv4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            // A leading zero is octal to some readers and decimal to others: refused.
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var value: UInt32 = 0
            for byte in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + UInt32(byte - UInt8(ascii: "0"))
            }
            guard value <= 255 else { return nil }
            address = address << 8 | value
        }
        return address
    }

    /// The eight groups of an IPv6 address.
    private static func groups(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
        let colon = UInt8(ascii: ":")
        guard let gap = bytes.indices.first(where: { $0 + 1 < bytes.endIndex && bytes[$0] == colon && bytes[$0 + 1] == colon })
        else {
            guard let all = run(bytes, mayEndInIPv4: true), all.count == 8 else { return nil }
            return all
        }
        let (before, after) = (bytes[..<gap], bytes[(gap + 2)...])
        guard let head = before.isEmpty ? [] : run(before, mayEndInIPv4: false),
            let tail = after.isEmpty ? [] : run(after, mayEndInIPv4: true),
            head.count + tail.count < 8
        else { return nil }
        return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    /// Groups between single colons, the last two of which may be written as an IPv4 address.
    private static func run(_ bytes: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> [UInt16]? {
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if mayEndInIPv4, index == parts.count - 1, let address = ipv4(part) {
                groups.append(UInt16(truncatingIfNeeded: address >> 16))
                groups.append(UInt16(truncatingIfNeeded: address))
            } else {
                guard let group = group(part) else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func group(_ part: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(part.count) else { return nil }
        var value: UInt16 = 0
        for byte in part {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
