/// The digits of an extension: 2–6, and no emergency number of any country.
public struct ExtensionNumber: ValidatedText {
    public let text: String

    public init?(_ text: String) {
        guard (2...6).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }), !EmergencyNumbers.contains(short: text) else {
            return nil
        }
        self.text = text
    }
}

/// Names an extension: `ex_` and 12 lowercase hex digits.
public struct ExtensionID: PrefixedID {
    public static let prefix = "ex_"
    public static let digits = 12
    public let text: String
    public init(unchecked text: String) { self.text = text }
}
