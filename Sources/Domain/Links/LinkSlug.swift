/// The name of a link that hides its number, as `/l/<slug>` carries it: 32 lowercase hex digits, all of them random, and not its id.
///
/// Whoever has it has what the link permits.
public struct LinkSlug: ValidatedText {
    /// The folder under which such links are served.
    public static let folder = "/l/"

    public let text: String

    public init?(_ text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy(\.isLowercaseHexDigit) else { return nil }
        self.text = text
    }

    public init(random generator: inout some RandomNumberGenerator) {
        text = HexDigits.random(count: 32, using: &generator)
    }

    /// The whole link under `origin`, such as `https://phone.example.com`.
    public func url(origin: String) -> String { origin + Self.folder + text }
}
