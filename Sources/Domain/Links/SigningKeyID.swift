/// Names a key for links that are signed offline: `sk_` and 12 lowercase hex digits, as `kid=` carries it.
public struct SigningKeyID: PrefixedID {
    public static let prefix = "sk_"
    public static let digits = 12
    public let text: String
    public init(unchecked text: String) { self.text = text }
}
