/// What a host does to a room.
public enum ModerationOrder: Codable, Sendable, Equatable {
    /// Nobody hears the participant any more, whatever its own switch says; or everybody does again.
    case mute(ParticipantID, on: Bool)
    /// A browser loses its place. (A phone is hung up.)
    case remove(PeerID)
    /// While a room is locked nobody new comes in but a host.
    case lock(Bool)
    /// Every call ends and everybody leaves.
    case end
}
