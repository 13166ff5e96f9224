/// A key for links that are signed offline, as it is remembered: without its secret. Its id is the link's `kid`.
public struct SigningKey: Sendable, Equatable {
    /// Bytes of the secret.
    public static let secretBytes = 32

    public var id: SigningKeyID
    public var name: ShortLabel
    /// Milliseconds since 1970 UTC, as is `revokedAt`.
    public var createdAt: Int64
    /// From then on no link that it signed is taken.
    public var revokedAt: Int64?

    public init(id: SigningKeyID, name: ShortLabel, createdAt: Int64, revokedAt: Int64?) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.revokedAt = revokedAt
    }
}

/// Names a signing key: `sk_` and 12 lowercase hex digits.
public struct SigningKeyID: PrefixedID {
    public static let prefix = "sk_"
    public static let digits = 12
    public let text: String
    public init(unchecked text: String) { self.text = text }
}
