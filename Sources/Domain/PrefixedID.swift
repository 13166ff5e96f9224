/// An id that tells its kind by its prefix, followed by a fixed count of lowercase hex digits.
///
/// A value that exists is valid: the only ways in are `init?(_:)`, which checks, `init(random:)`, and decoding, which checks.
public protocol PrefixedID: Hashable, Sendable, Codable, CustomStringConvertible {
    static var prefix: String { get }
    static var digits: Int { get }
    var text: String { get }
    /// For this file only: the text has been checked or was just made.
    init(unchecked text: String)
}

extension PrefixedID {
    /// `nil` unless `text` is the prefix and exactly `digits` lowercase hex digits.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let tail = text.utf8.dropFirst(Self.prefix.utf8.count)
        guard tail.count == Self.digits, tail.allSatisfy(\.isLowercaseHexDigit) else { return nil }
        self.init(unchecked: text)
    }

    /// A fresh id from the caller's randomness.
    public init(random generator: inout some RandomNumberGenerator) {
        self.init(unchecked: Self.prefix + HexDigits.random(count: Self.digits, using: &generator))
    }

    public var description: String { text }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an id of the form \(Self.prefix)…")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
