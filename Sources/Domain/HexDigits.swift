/// Lowercase hexadecimal, the form of every id, nonce and digest in this product.
public enum HexDigits {
    private static let alphabet = Array("0123456789abcdef".utf8)

    /// `count` random digits, four bits of the generator each.
    public static func random(count: Int, using generator: inout some RandomNumberGenerator) -> String {
        var digits = [UInt8]()
        digits.reserveCapacity(count)
        while digits.count < count {
            var bits = generator.next()
            for _ in 0..<min(16, count - digits.count) {
                digits.append(alphabet[Int(bits & 15)])
                bits >>= 4
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var digits = [UInt8]()
        for byte in bytes {
            digits.append(alphabet[Int(byte >> 4)])
            digits.append(alphabet[Int(byte & 15)])
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// `nil` for an odd count of digits or anything that is not a lowercase hex digit.
    public static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2), digits.allSatisfy(\.isLowercaseHexDigit) else { return nil }
        func value(_ digit: UInt8) -> UInt8 { digit < 58 ? digit - 48 : digit - 87 }
        return stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }
}

extension UInt8 {
    /// `0…9` or `a…f` in ASCII.
    public var isLowercaseHexDigit: Bool { (48...57).contains(self) || (97...102).contains(self) }
}
