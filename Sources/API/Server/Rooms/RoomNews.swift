import Domain

/// What the hub tells a socket that something happened in its room.
package enum RoomNews: Sendable, Equatable {
    case joined(Participant)
    case updated(Participant)
    case left(ParticipantID)
    /// A call of the room as its row stands at `at`, milliseconds since 1970 UTC.
    case call(CallSnapshot, at: Int64)
    case speaking([ParticipantID])
    case locked(Bool)
    case chat(ChatMessage)
    /// The receive sections of this socket's own browser.
    case sections(MediaSections)
}
