/// The name that a person goes by in a room: 1–80 characters of any script, shown as text and never as markup.
public struct DisplayName: ValidatedText {
    public static let limit = 80
    public let text: String

    /// Surrounding white space is dropped; control characters, line breaks and bidirectional overrides are refused.
    public init?(_ text: String) {
        // 80 characters can be many scalars; the byte bound keeps one hostile cluster from carrying a megabyte.
        guard text.utf8.count <= 4 * 1024 else { return nil }
        var scalars = text.unicodeScalars[...]
        while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        guard !scalars.isEmpty, scalars.count <= Self.limit * 8, scalars.allSatisfy(\.isHarmless) else { return nil }
        let trimmed = String(String.UnicodeScalarView(scalars))
        guard trimmed.count <= Self.limit else { return nil }
        self.text = trimmed
    }
}

extension Unicode.Scalar {
    /// Not a control, and not one of the marks that turn the reading order of what follows (UAX #9).
    var isHarmless: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: return false
        default: break
        }
        return !(0x202A...0x202E).contains(value) && !(0x2066...0x2069).contains(value)
    }
}
