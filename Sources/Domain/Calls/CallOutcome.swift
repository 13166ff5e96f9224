/// How a call ended: one of these, once, for every call that ever had a row.
public enum CallOutcome: String, Codable, Sendable, CaseIterable {
    case completed
    case busy
    case noAnswer = "no_answer"
    case declined
    case unreachable
    case invalidNumber = "invalid_number"
    case cancelled
    case blocked
    case trunkUnavailable = "trunk_unavailable"
    case failed
    case internalError = "internal_error"
}

/// Who brought a call to its end.
public enum CallParty: String, Codable, Sendable, CaseIterable {
    /// A person in the room, by the page's hang-up.
    case user
    /// The phone at the far end.
    case phone
    /// The last browser left and the grace ran out.
    case roomEmpty = "room_empty"
    /// A limit of ours: ring time-out, maximum seconds, a rule.
    case limit
    /// An operator, by REST.
    case operatorRequest = "operator"
    /// This installation itself: a restart or a fault.
    case system
}
