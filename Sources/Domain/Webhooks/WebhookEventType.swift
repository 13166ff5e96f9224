/// What an endpoint can be told of.
public enum WebhookEventType: String, Codable, Sendable, CaseIterable {
    case callQueued = "call.queued"
    case callDialling = "call.dialling"
    case callRinging = "call.ringing"
    case callAnswered = "call.answered"
    /// The one terminal event of a call that was not refused.
    case callEnded = "call.ended"
    /// The one terminal event of a call that was refused.
    case callBlocked = "call.blocked"
    /// Sent on request, to the endpoint that it is asked for.
    case webhookTest = "webhook.test"

    /// What a filter may name: a test goes to its endpoint whatever the filter says.
    public static let filterable = allCases.filter { $0 != .webhookTest }

    /// The event of a call that has just come into its state.
    public init(reaching state: CallState, outcome: CallOutcome?) {
        switch state {
        case .queued: self = .callQueued
        case .dialling: self = .callDialling
        case .ringing: self = .callRinging
        case .answered: self = .callAnswered
        case .ended: self = outcome == .blocked ? .callBlocked : .callEnded
        }
    }
}
