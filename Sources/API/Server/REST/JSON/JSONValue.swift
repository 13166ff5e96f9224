/// A JSON value as it came, before any rule has been applied to it.
package enum JSONValue: Sendable, Equatable {
    case null
    case flag(Bool)
    case integer(Int64)
    /// A number with a fraction, or beyond 64 bits.
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    /// `nil` for what `JSONReader` does not take.
    init?(parsing bytes: [UInt8]) {
        guard let value = try? JSONReader.value(bytes) else { return nil }
        self = value
    }

    /// What a person would call it.
    var kind: String {
        switch self {
        case .null: "null"
        case .flag: "true or false"
        case .integer, .number: "a number"
        case .text: "a text"
        case .list: "a list"
        case .object: "an object"
        }
    }

    /// As JSON, for who reads it.
    var text: String {
        switch self {
        case .null: "null"
        case .flag(let flag): String(flag)
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .text(let text):
            {
                var json = JSONText()
                json.string(text)
                return String(decoding: json.bytes, as: UTF8.self)
            }()
        case .list(let elements): "[" + elements.map(\.text).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.sorted { $0.key < $1.key }.map { "\(JSONValue.text($0).text): \($1.text)" }.joined(separator: ", ") + "}"
        }
    }
}
