/// What an API key may do: `*`, or a kind of thing and `read` or `write`, such as `trunks:write`.
public struct APIScope: ValidatedText {
    /// The kinds of things that REST serves.
    public static let kinds = [
        "calls", "extensions", "guard", "keys", "links", "metrics", "numbers", "rooms", "signing-keys", "trunks", "webhooks",
    ]
    /// Everything, also what later releases bring.
    public static let everything = APIScope(checked: "*")

    public let text: String

    private init(checked text: String) { self.text = text }

    public init?(_ text: String) {
        guard text == "*" || Self.kinds.contains(where: { text == "\($0):read" || text == "\($0):write" }) else { return nil }
        self.text = text
    }
}
