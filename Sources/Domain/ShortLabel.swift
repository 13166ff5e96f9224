/// What an operator calls a thing: 1–80 characters of any script on one line, in at most 240 bytes.
public struct ShortLabel: ValidatedText {
    public let text: String

    public init?(_ text: String) {
        guard let name = DisplayName(text), name.text.utf8.count <= 240 else { return nil }
        self.text = name.text
    }
}
