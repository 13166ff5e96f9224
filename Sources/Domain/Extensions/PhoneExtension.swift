/// A SIP user that may register with the bridge, as it is remembered: without anything that opens it.
public struct PhoneExtension: Sendable, Equatable {
    /// Extensions of one installation: the bridge is told of all at once.
    public static let limit = 1_000
    /// The realm of this installation (RFC 3261 section 22.1). Kept with each row: the hashes are good in no other.
    public static let realm = "ringlink"

    public var id: ExtensionID
    /// Grows with each change.
    public var version: Int64
    public var number: ExtensionNumber
    public var displayName: ShortLabel
    public var realm: String
    /// Milliseconds since 1970 UTC, as is `updatedAt`.
    public var createdAt: Int64
    public var updatedAt: Int64

    public init(
        id: ExtensionID, version: Int64, number: ExtensionNumber, displayName: ShortLabel, realm: String, createdAt: Int64, updatedAt: Int64
    ) {
        self.id = id
        self.version = version
        self.number = number
        self.displayName = displayName
        self.realm = realm
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
