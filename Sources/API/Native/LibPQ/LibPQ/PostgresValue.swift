/// One parameter of a statement. It travels apart from the SQL text, so it can hold anything that its type can.
public enum PostgresValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case text(String)
    case bytes([UInt8])
    case texts([String])

    /// `null` where there is no text.
    public static func optional(_ text: String?) -> PostgresValue { text.map { .text($0) } ?? .null }

    /// `null` where there is no number.
    public static func optional(_ number: (some BinaryInteger)?) -> PostgresValue { number.map { .int(Int64($0)) } ?? .null }
}

extension PostgresValue {
    /// Appends PostgreSQL's text form and a terminating NUL; nothing for `null`.
    ///
    /// Throws `invalidParameter` for a text that holds a NUL itself: PostgreSQL has no such text, and a C string would end there.
    func append(to buffer: inout [UInt8]) throws(PostgresError) {
        switch self {
        case .null: return
        case .bool(let flag): buffer.append(UInt8(ascii: flag ? "t" : "f"))
        case .int(let number): buffer.append(contentsOf: String(number).utf8)
        case .text(let text):
            try Self.refuseNUL(text)
            buffer.append(contentsOf: text.utf8)
        case .bytes(let bytes):
            buffer.append(contentsOf: "\\x".utf8)
            for byte in bytes {
                buffer.append(Self.hexDigits[Int(byte >> 4)])
                buffer.append(Self.hexDigits[Int(byte & 15)])
            }
        case .texts(let texts):
            for text in texts { try Self.refuseNUL(text) }
            PostgresTextArray.append(texts, to: &buffer)
        }
        buffer.append(0)
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func refuseNUL(_ text: String) throws(PostgresError) {
        guard !text.utf8.contains(0) else { throw PostgresError(.invalidParameter, "a text with a NUL cannot be stored") }
    }
}
