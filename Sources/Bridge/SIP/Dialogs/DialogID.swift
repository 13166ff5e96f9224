/// What names a dialog at one end (RFC 3261 section 12).
public struct DialogID: Hashable, Sendable {
    public let callID: String
    public let localTag: String
    /// Empty for a peer of RFC 2543, which gives none.
    public let remoteTag: String

    public init(callID: String, localTag: String, remoteTag: String) {
        self.callID = callID
        self.localTag = localTag
        self.remoteTag = remoteTag
    }
}
