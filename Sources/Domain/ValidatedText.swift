/// A piece of text that was checked on its way in: the value exists, so it is valid.
///
/// It travels as a plain JSON string and is checked again when decoded.
public protocol ValidatedText: Hashable, Sendable, Codable, CustomStringConvertible {
    var text: String { get }
    /// `nil` if `text` breaks the rule that the type states.
    init?(_ text: String)
}

extension ValidatedText {
    public var description: String { text }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a valid \(Self.self)")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
