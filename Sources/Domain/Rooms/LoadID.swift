/// One load of the page: 32 lowercase hex digits, made by the browser; a duplicated tab's is marked `copy-`.
///
/// It is a courtesy for «once per load», not a security measure: the client chooses it.
public struct LoadID: ValidatedText {
    public let text: String

    public init?(_ text: String) {
        var digits = text.utf8[...]
        if text.hasPrefix("copy-") { digits = digits.dropFirst(5) }
        guard digits.count == 32, digits.allSatisfy(\.isLowercaseHexDigit) else { return nil }
        self.text = text
    }

    /// A duplicated tab: it never dials by itself.
    public var isCopy: Bool { text.hasPrefix("copy-") }
}
