/// A key for links that are signed offline, as it is remembered: without its secret. Its id is the link's `kid`.
public struct SigningKey: Sendable, Equatable {
    /// Bytes of the secret.
    public static let secretBytes = 32
    /// Seconds for which a key may go on beside its successor: up to a year.
    public static let overlaps = 0...31_536_000
    /// A week: time enough to give every program the new one.
    public static let standardOverlap = 604_800

    /// How far it is on its way.
    public enum State: String, Sendable, CaseIterable {
        /// It signs and opens.
        case active
        /// It has a successor, and opens what it has signed until the overlap ends.
        case retiring
        /// The overlap is over.
        case retired
        /// Withdrawn.
        case revoked
    }

    public var id: SigningKeyID
    public var name: ShortLabel
    /// Milliseconds since 1970 UTC, as are all times.
    public var createdAt: Int64
    /// From then on no link that it signed is taken.
    public var revokedAt: Int64?
    /// The key that follows it.
    public var successor: SigningKeyID?
    /// The end of the overlap with its successor.
    public var retiresAt: Int64?

    public init(
        id: SigningKeyID, name: ShortLabel, createdAt: Int64, revokedAt: Int64?, successor: SigningKeyID? = nil, retiresAt: Int64? = nil
    ) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.revokedAt = revokedAt
        self.successor = successor
        self.retiresAt = retiresAt
    }

    public func state(now: Int64) -> State {
        if revokedAt != nil { return .revoked }
        guard let retiresAt else { return .active }
        return now < retiresAt ? .retiring : .retired
    }

    /// Whether a link that it signed opens.
    public func opens(now: Int64) -> Bool {
        switch state(now: now) {
        case .active, .retiring: true
        case .retired, .revoked: false
        }
    }
}

/// Names a signing key: `sk_` and 12 lowercase hex digits.
public struct SigningKeyID: PrefixedID {
    public static let prefix = "sk_"
    public static let digits = 12
    public let text: String
    public init(unchecked text: String) { self.text = text }
}
