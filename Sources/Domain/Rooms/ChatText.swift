/// What somebody writes to a room: 1–2,000 characters of any script, line breaks included, shown as text and never as markup.
public struct ChatText: ValidatedText {
    public static let limit = 2_000
    public let text: String

    /// Surrounding white space is dropped; control characters and bidirectional overrides are refused.
    public init?(_ text: String) {
        // The byte bound keeps one hostile cluster from carrying a megabyte.
        guard text.utf8.count <= 8 * 1024 else { return nil }
        var scalars = text.unicodeScalars[...]
        while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        guard !scalars.isEmpty, scalars.allSatisfy({ $0 == "\n" || $0 == "\t" || $0.isHarmless }) else { return nil }
        let trimmed = String(String.UnicodeScalarView(scalars))
        guard trimmed.count <= Self.limit else { return nil }
        self.text = trimmed
    }
}
