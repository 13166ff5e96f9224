extension CallOutcome {
    /// One sentence for a person, where nothing more exact is known.
    public var sentence: String {
        switch self {
        case .completed: "The call is over."
        case .busy: "The line is busy. Try again later."
        case .noAnswer: "Nobody answered."
        case .declined: "The call was declined."
        case .unreachable: "The phone cannot be reached at this moment."
        case .invalidNumber: "This number does not exist."
        case .cancelled: "The call was cancelled before anybody answered."
        case .blocked: "This call is not allowed here."
        case .trunkUnavailable: "No line to the telephone network is available. Tell who runs this page."
        case .failed: "The call could not be connected."
        case .internalError: "Something went wrong on our side. Call again."
        }
    }

    /// Who has to change something; `nil` when the call went as calls go.
    public var blame: Blame? {
        switch self {
        case .completed, .cancelled: nil
        case .busy, .noAnswer, .declined, .unreachable, .failed: .farEnd
        case .invalidNumber, .blocked: .caller
        case .trunkUnavailable: .operator
        case .internalError: .us
        }
    }

    /// Whether calling again later makes sense.
    public var isRetryable: Bool {
        switch self {
        case .busy, .noAnswer, .unreachable, .trunkUnavailable, .failed, .internalError: true
        case .completed, .declined, .invalidNumber, .cancelled, .blocked: false
        }
    }
}
