/// A Swift type that a column's text form can become.
public protocol PostgresDecodable {
    /// `nil` if the text is not one of this type.
    init?(postgresText: String)
}

extension String: PostgresDecodable {
    public init?(postgresText: String) { self = postgresText }
}

extension Int: PostgresDecodable {
    public init?(postgresText: String) { self.init(postgresText) }
}

extension Int64: PostgresDecodable {
    public init?(postgresText: String) { self.init(postgresText) }
}

extension Bool: PostgresDecodable {
    public init?(postgresText: String) {
        switch postgresText {
        case "t": self = true
        case "f": self = false
        default: return nil
        }
    }
}

/// `text[]` or `bytea`, by the element.
extension Array: PostgresDecodable where Element: PostgresArrayElement {
    public init?(postgresText: String) {
        guard let elements = Element.elements(postgresText: postgresText) else { return nil }
        self = elements
    }
}

/// An element whose array is one column.
public protocol PostgresArrayElement {
    static func elements(postgresText: String) -> [Self]?
}

extension String: PostgresArrayElement {
    public static func elements(postgresText: String) -> [String]? { PostgresTextArray.parse(postgresText) }
}

extension UInt8: PostgresArrayElement {
    /// The hex form of `bytea`, which every session of ours asks for.
    public static func elements(postgresText: String) -> [UInt8]? {
        guard postgresText.hasPrefix("\\x") else { return nil }
        let digits = Array(postgresText.utf8.dropFirst(2))
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(ofDigit: digits[index]), let low = value(ofDigit: digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
