/// Names a link, as `lid=` carries it: `ln_` and 24 lowercase hex digits for one that was minted here, and for one that was
/// signed elsewhere whatever its signer chose: 1–64 of letters, digits and `-._~`.
public struct LinkID: ValidatedText {
    public let text: String

    public init?(_ text: String) {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(\.isUnreserved) else { return nil }
        self.text = text
    }

    public init(random generator: inout some RandomNumberGenerator) {
        text = "ln_" + HexDigits.random(count: 24, using: &generator)
    }
}
