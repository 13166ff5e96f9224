import Domain

/// What somebody wrote to a room.
package struct ChatMessage: Sendable, Equatable {
    package var from: PeerID
    /// The writer's name at that moment: who reads may not know the writer yet, or any more.
    package var name: String
    package var text: ChatText
    /// Milliseconds since 1970 UTC.
    package var at: Int64

    package init(from: PeerID, name: String, text: ChatText, at: Int64) {
        self.from = from
        self.name = name
        self.text = text
        self.at = at
    }
}
