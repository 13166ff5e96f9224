/// What makes one signed request unlike any other: 32 lowercase hex digits.
public struct ControlNonce: ValidatedText {
    public let text: String

    public init?(_ text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy(\.isLowercaseHexDigit) else { return nil }
        self.text = text
    }

    /// A fresh one from the caller's randomness.
    public init(random generator: inout some RandomNumberGenerator) {
        text = HexDigits.random(count: 32, using: &generator)
    }
}
