import Domain

/// A key of a program that uses the REST interface, as it is remembered: without its secret.
public struct APIKey: Sendable, Equatable {
    public var id: APIKeyID
    /// What the operator calls it.
    public var name: String
    /// What it may do, each a word such as `calls:read`.
    public var scopes: [String]
    /// Milliseconds since 1970 UTC, as are the others.
    public var createdAt: Int64
    /// From then on it is refused; `nil` for never.
    public var expiresAt: Int64?
    public var revokedAt: Int64?
    /// When its secret was last replaced.
    public var rotatedAt: Int64?
    /// Until then the secret before that one opens, too.
    public var previousUntil: Int64?
    /// When it was last used, to the minute.
    public var lastUsedAt: Int64?

    public init(
        id: APIKeyID, name: String, scopes: [String], createdAt: Int64, expiresAt: Int64?, revokedAt: Int64?, rotatedAt: Int64? = nil,
        previousUntil: Int64? = nil, lastUsedAt: Int64? = nil
    ) {
        self.rotatedAt = rotatedAt
        self.previousUntil = previousUntil
        self.lastUsedAt = lastUsedAt
        self.id = id
        self.name = name
        self.scopes = scopes
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
    }
}

/// Names an API key: `ky_` and 12 lowercase hex digits. It is no secret.
public struct APIKeyID: PrefixedID {
    public static let prefix = "ky_"
    public static let digits = 12
    public let text: String
    public init(unchecked text: String) { self.text = text }
}

/// The secret of an API key, `ak_` and 32 lowercase hex digits: shown once, never stored.
public struct APIKeySecret: PrefixedID {
    public static let prefix = "ak_"
    public static let digits = 32
    public let text: String
    public init(unchecked text: String) { self.text = text }

    /// A secret must not come into a log by an interpolation.
    public var description: String { "ak_…" }
}
