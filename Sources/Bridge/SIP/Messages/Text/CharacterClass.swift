/// The character classes of the grammar (RFC 3261 section 25.1).
extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    var isLetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }

    var isAlphanumeric: Bool { isDigit || isLetter }

    /// `SP / HTAB`; folded lines have become spaces before anything looks at them.
    var isSpace: Bool { self == 0x20 || self == 0x09 }

    /// The value of a hexadecimal digit.
    var hexValue: UInt8? {
        if isDigit { return self - UInt8(ascii: "0") }
        let lower = self | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "f") ? lower - UInt8(ascii: "a") + 10 : nil
    }

    /// `token`: method names, header names, parameter names, tags.
    var isToken: Bool {
        if isAlphanumeric { return true }
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "%"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "+"),
            UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "~"):
            return true
        default: return false
        }
    }

    /// A value of a header parameter that stands without quotes.
    ///
    /// Wider than `token / host`: tags and branches with `=` or `/` are seen in practice and hurt nobody.
    var isParameterValue: Bool {
        switch self {
        case UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"): false
        default: self > 0x20 && self < 0x7F
        }
    }

    /// `unreserved`: what a URI may hold anywhere, and what equals its escaped form.
    var isUnreserved: Bool {
        if isAlphanumeric { return true }
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "~"), UInt8(ascii: "*"), UInt8(ascii: "'"),
            UInt8(ascii: "("), UInt8(ascii: ")"):
            return true
        default: return false
        }
    }

    /// `unreserved / user-unreserved`, and the `#` that telephones send unescaped.
    var isUser: Bool {
        if isUnreserved { return true }
        switch self {
        case UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "$"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "?"),
            UInt8(ascii: "/"), UInt8(ascii: "#"):
            return true
        default: return false
        }
    }

    /// `unreserved` and what a password may hold besides.
    var isPassword: Bool {
        if isUnreserved { return true }
        switch self {
        case UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "$"), UInt8(ascii: ","): return true
        default: return false
        }
    }

    /// `paramchar` without the escapes.
    var isURIParameter: Bool {
        if isUnreserved { return true }
        switch self {
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "$"):
            return true
        default: return false
        }
    }

    /// `hnv-unreserved / unreserved`: a name or a value in the headers of a URI.
    var isURIHeader: Bool {
        if isUnreserved { return true }
        switch self {
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: "$"):
            return true
        default: return false
        }
    }

    var lowercased: UInt8 { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self }
}

/// Whether two texts are equal but for the case of ASCII letters.
func equalIgnoringCase(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
    left.utf8.elementsEqual(right.utf8) { $0.lowercased == $1.lowercased }
}

/// The value of decimal digits; `nil` for none, for anything else among them, and beyond the type's range.
func decimal<Number: FixedWidthInteger>(_ digits: some Sequence<UInt8>, as _: Number.Type = Number.self) -> Number? {
    var value: Number?
    for digit in digits {
        guard digit.isDigit else { return nil }
        let (tens, isTooLarge) = (value ?? 0).multipliedReportingOverflow(by: 10)
        let (sum, isTooLargeAfterAll) = tens.addingReportingOverflow(Number(truncatingIfNeeded: digit &- UInt8(ascii: "0")))
        guard !isTooLarge, !isTooLargeAfterAll else { return nil }
        value = sum
    }
    return value
}
