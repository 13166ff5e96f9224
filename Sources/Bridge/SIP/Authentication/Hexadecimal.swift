/// Sixteen small hexadecimal digits for a number.
enum Hexadecimal {
    static func text(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// - Returns: `nil` for anything but sixteen digits.
    static func number(_ digits: some Collection<UInt8>) -> UInt64? {
        guard digits.count == 16 else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard let value = digit.hexValue else { return nil }
            number = number << 4 | UInt64(value)
        }
        return number
    }
}
