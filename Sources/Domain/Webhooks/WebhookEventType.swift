/// What an endpoint can be told of: `family.what`. A new kind of event needs a case here, and a call of the outbox's `tell` where it happens.
public enum WebhookEventType: String, Codable, Sendable, CaseIterable {
    case callQueued = "call.queued"
    case callDialling = "call.dialling"
    case callRinging = "call.ringing"
    case callAnswered = "call.answered"
    /// The one terminal event of a call that was not refused.
    case callEnded = "call.ended"
    /// The one terminal event of a call that was refused.
    case callBlocked = "call.blocked"
    /// How well the phone of a call that has ended was heard.
    case callQuality = "call.quality"
    /// The first participant is there.
    case roomStarted = "room.started"
    /// The last participant has left.
    case roomEnded = "room.ended"
    case participantJoined = "participant.joined"
    case participantLeft = "participant.left"
    case linkRevoked = "link.revoked"
    /// The installation itself has disabled another endpoint.
    case webhookDisabled = "webhook.disabled"
    /// A trunk can be reached, which was not known before.
    case trunkUp = "trunk.up"
    /// A trunk cannot be reached (any more).
    case trunkDown = "trunk.down"
    /// A cap of FraudGuard's has come to its warning level; once in each of its windows.
    case guardWarning = "guard.warning"
    /// A burst of dials has locked a link or a trunk.
    case guardLocked = "guard.locked"
    /// Sent on request, to the endpoint that it is asked for.
    case webhookTest = "webhook.test"

    /// What a filter may name: a test goes to its endpoint whatever the filter says.
    public static let filterable = allCases.filter { $0 != .webhookTest }

    /// What comes before the dot.
    public var family: String { rawValue.split(separator: ".").first.map(String.init) ?? rawValue }

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

/// One entry of an endpoint's filter: a type, or a whole family with everything that is still to come into it (`call.*`).
public enum WebhookEventFilter: Hashable, Sendable {
    case type(WebhookEventType)
    case family(String)

    /// Everything that there is to choose from, families first.
    public static let all: [WebhookEventFilter] = {
        let types = WebhookEventType.filterable
        var families: [String] = []
        for type in types where !families.contains(type.family) { families.append(type.family) }
        return families.map { .family($0) } + types.map { .type($0) }
    }()

    /// `nil` for a type or family that there is not.
    public init?(_ text: String) {
        guard let filter = Self.all.first(where: { $0.text == text }) else { return nil }
        self = filter
    }

    public var text: String {
        switch self {
        case .type(let type): type.rawValue
        case .family(let family): family + ".*"
        }
    }
}
