/// A call or a probe of this endpoint; never used twice in the life of a process.
public struct SessionID: Hashable, Sendable {
    public let value: UInt64

    public init(_ value: UInt64) {
        self.value = value
    }
}

/// A question of the peer that waits for the caller's session description; good for one answer.
public struct OfferToken: Hashable, Sendable {
    public let session: SessionID
    let number: UInt64
}
