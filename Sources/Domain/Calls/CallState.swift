/// Where a call is on its way. It only ever moves forward; `ended` comes with exactly one `CallOutcome`.
public enum CallState: String, Codable, Sendable, CaseIterable {
    /// The row exists, the bridge has not been told or has not answered yet.
    case queued
    /// The bridge has it and is reaching the far end.
    case dialling
    /// The far end rings, with early media or without.
    case ringing
    /// The far end answered; the phone is a participant.
    case answered
    /// Over: the outcome says how.
    case ended
}

extension CallState: Comparable {
    private var rank: Int {
        switch self {
        case .queued: 0
        case .dialling: 1
        case .ringing: 2
        case .answered: 3
        case .ended: 4
        }
    }

    public static func < (one: CallState, other: CallState) -> Bool { one.rank < other.rank }
}
