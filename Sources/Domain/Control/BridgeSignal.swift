/// The ephemeral lane: the newest value for its subject wins, nothing is stored, a lost one is replaced by the next.
public enum BridgeSignal: Codable, Sendable, Equatable {
    /// The receive sections of one browser changed: who is where, and how many it needs.
    case sections(room: RoomSlug, peer: PeerID, MediaSections)
    /// A participant's switches are others than before.
    case participant(room: RoomSlug, Participant)
    /// A room was locked or unlocked.
    case locked(room: RoomSlug, Bool)
    /// Who speaks in a room, loudest first.
    case speaking(room: RoomSlug, [ParticipantID])
}
