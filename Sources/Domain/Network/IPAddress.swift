/// An IPv4 or IPv6 address. An IPv4 address in IPv6 dress (`::ffff:192.0.2.1`) is the IPv4 address, so that it has one form.
public struct IPAddress: Hashable, Sendable {
    /// 4 or 16 bytes in network order.
    public let bytes: [UInt8]

    public var isIPv4: Bool { bytes.count == 4 }

    /// `nil` unless there are 4 or 16 bytes.
    public init?(bytes: [UInt8]) {
        switch bytes.count {
        case 4: self.bytes = bytes
        case 16: self.bytes = bytes.starts(with: Self.mapped) ? Array(bytes.suffix(4)) : bytes
        default: return nil
        }
    }

    /// Reads dotted decimal or RFC 4291 section 2.2 text, without zone, brackets or leading zeros in IPv4.
    public init?(_ text: String) {
        // The longest text there is: eight groups, the last two as an IPv4 address.
        guard text.utf8.count <= 45, let bytes = Self.ipv4(text[...]) ?? Self.ipv6(text) else { return nil }
        self.init(bytes: bytes)
    }

    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

    private static func ipv4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }),
                part.utf8.count == 1 || part.utf8.first != 48, let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func ipv6(_ text: String) -> [UInt8]? {
        let utf8 = Array(text.utf8)
        // «::» at most once; each side is a list of groups.
        var gap: Int?
        for index in utf8.indices.dropLast() where utf8[index] == UInt8(ascii: ":") && utf8[index + 1] == UInt8(ascii: ":") {
            guard gap == nil else { return nil }
            gap = index
        }
        guard let gap else {
            guard let bytes = groups(utf8[...], mayEndInIPv4: true), bytes.count == 16 else { return nil }
            return bytes
        }
        guard let head = groups(utf8[..<gap], mayEndInIPv4: false), let tail = groups(utf8[(gap + 2)...], mayEndInIPv4: true),
            head.count + tail.count <= 14
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ utf8: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> [UInt8]? {
        guard !utf8.isEmpty else { return [] }
        let parts = utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            let text = String(decoding: part, as: UTF8.self)
            if part.contains(UInt8(ascii: ".")) {
                guard mayEndInIPv4, index == parts.count - 1, let ipv4 = ipv4(text[...]) else { return nil }
                bytes += ipv4
            } else {
                guard (1...4).contains(part.count), part.allSatisfy(\.isHexDigit), let group = UInt16(text, radix: 16) else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or RFC 5952.
    public var description: String {
        if isIPv4 { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        func write(_ part: some Sequence<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
        // The longest run of zeros, the first of equals, at least two.
        var best = 0..<0
        var index = 0
        while index < groups.count {
            let end = groups[index...].firstIndex { $0 != 0 } ?? groups.count
            if end - index >= 2, end - index > best.count { best = index..<end }
            index = max(end, index + 1)
        }
        guard !best.isEmpty else { return write(groups) }
        return write(groups[..<best.lowerBound]) + "::" + write(groups[best.upperBound...])
    }
}

extension UInt8 {
    /// `0…9`, `a…f` or `A…F` in ASCII.
    fileprivate var isHexDigit: Bool { isLowercaseHexDigit || (65...70).contains(self) }
}
