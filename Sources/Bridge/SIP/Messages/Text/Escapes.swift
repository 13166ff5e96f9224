/// The %-escapes of a URI (RFC 3261 section 19.1.2).
enum Escapes {
    /// Whether each `%` is followed by two hexadecimal digits.
    static func areWhole(_ bytes: ArraySlice<UInt8>) -> Bool {
        var digits = 0
        for byte in bytes {
            if digits > 0 {
                guard byte.hexValue != nil else { return false }
                digits -= 1
            } else if byte == UInt8(ascii: "%") {
                digits = 2
            }
        }
        return digits == 0
    }

    /// Undoes the escapes. With `onlyUnreserved` the others stay, in capitals: that form can be compared (section 19.1.4).
    static func decoded(_ text: String, onlyUnreserved: Bool = false) -> [UInt8] {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = bytes[index + 1].hexValue, let low = bytes[index + 2].hexValue {
                let byte = high << 4 | low
                if !onlyUnreserved || byte.isUnreserved {
                    result.append(byte)
                } else {
                    result.append(UInt8(ascii: "%"))
                    result.append(contentsOf: hex(byte))
                }
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    /// The text with escapes for all bytes that may not stand for themselves.
    static func encoded(_ text: String, _ mayStand: (UInt8) -> Bool) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if mayStand(byte) {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                result.append(contentsOf: hex(byte))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> [UInt8] {
        [byte >> 4, byte & 15].map { $0 < 10 ? $0 + UInt8(ascii: "0") : $0 - 10 + UInt8(ascii: "A") }
    }
}
