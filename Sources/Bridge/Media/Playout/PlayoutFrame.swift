/// What a frame of playout holds.
public enum PlayoutFrame: Equatable, Sendable {
    /// Zeros: no stream yet, or it has paused.
    case silence
    /// Samples that were received.
    case voice
    /// At least in part samples that were made up for what did not come in time.
    case concealed
}
