/// Reads the fields of one line from left to right. Fields are separated by spaces.
///
/// Works on bytes: a `Character` would swallow a combining mark into the space before it.
struct FieldReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    /// The next field; `nil` at the end. Several spaces count as one.
    mutating func field() -> String? {
        skipSpaces()
        guard !rest.isEmpty else { return nil }
        return upTo(UInt8(ascii: " "))
    }

    /// What stands before `separator`, which is consumed; everything if it does not occur.
    mutating func upTo(_ separator: UInt8) -> String {
        let part = rest.prefix { $0 != separator }
        rest = rest.dropFirst(part.count)
        rest = rest.dropFirst()
        return String(Substring(part))
    }

    /// The next field as an unsigned decimal number; `nil` if it is none or too large for its type.
    mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number? {
        field().flatMap { decimal($0.utf8) }
    }

    /// Everything that is left, `nil` if that is nothing.
    mutating func remainder() -> String? {
        skipSpaces()
        return rest.isEmpty ? nil : String(Substring(rest))
    }

    private mutating func skipSpaces() {
        rest = rest.drop { $0 == UInt8(ascii: " ") }
    }
}

/// The value of decimal digits; `nil` for none, for anything else among them, and beyond the type's range.
func decimal<Number: FixedWidthInteger>(_ digits: some Sequence<UInt8>, as _: Number.Type = Number.self) -> Number? {
    var value: Number?
    for digit in digits {
        guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
        let (tens, tooLarge) = (value ?? 0).multipliedReportingOverflow(by: 10)
        let (sum, tooLargeAfterAll) = tens.addingReportingOverflow(Number(truncatingIfNeeded: digit &- UInt8(ascii: "0")))
        guard !tooLarge, !tooLargeAfterAll else { return nil }
        value = sum
    }
    return value
}
