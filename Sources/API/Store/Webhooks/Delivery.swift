import Domain
import LibPQ

/// One event on its way to one endpoint, claimed for one try.
public struct ClaimedDelivery: Sendable, Equatable {
    /// Its place in the outbox.
    public var position: Int64
    public var endpoint: WebhookID
    public var event: EventID
    public var url: String
    public var body: [UInt8]
    /// What signs it, as `v1` and as `v1a`; none at all if they cannot be opened.
    public var secrets: [WebhookSecret]
    public var keys: [WebhookSigningKey]
    /// How many tries were made, with this one. It also names the claim: a result under another number is out of date.
    public var tries: Int
    /// Since when the endpoint has only failed, milliseconds since 1970 UTC.
    public var failingSince: Int64?

    public init(
        position: Int64, endpoint: WebhookID, event: EventID, url: String, body: [UInt8], secrets: [WebhookSecret],
        keys: [WebhookSigningKey] = [], tries: Int, failingSince: Int64?
    ) {
        self.position = position
        self.endpoint = endpoint
        self.event = event
        self.url = url
        self.body = body
        self.secrets = secrets
        self.keys = keys
        self.tries = tries
        self.failingSince = failingSince
    }
}

/// How one try went.
public struct DeliveryAttempt: Sendable, Equatable {
    /// When it began, milliseconds since 1970 UTC.
    public var at: Int64
    /// How long it took.
    public var milliseconds: Int64
    public var answer: DeliveryAnswer
    /// The beginning of what was answered.
    public var excerpt: String

    public init(at: Int64, milliseconds: Int64, answer: DeliveryAnswer, excerpt: String = "") {
        self.at = at
        self.milliseconds = milliseconds
        self.answer = answer
        self.excerpt = excerpt
    }
}

/// A claimed try that was made, and what follows from it.
public struct FinishedDelivery: Sendable, Equatable {
    public var delivery: ClaimedDelivery
    public var attempt: DeliveryAttempt
    public var verdict: DeliverySchedule.Verdict

    public init(_ delivery: ClaimedDelivery, _ attempt: DeliveryAttempt, _ verdict: DeliverySchedule.Verdict) {
        self.delivery = delivery
        self.attempt = attempt
        self.verdict = verdict
    }
}

/// One event at one endpoint, as the log shows it.
public struct WebhookDelivery: Sendable, Equatable {
    /// The raw values are stored and shown.
    public enum State: String, Sendable, CaseIterable {
        case pending, delivered, failed
    }

    public var event: EventID
    public var type: String
    /// What it is about, as `WebhookSubject` writes it.
    public var subject: String
    /// The call that it is about, if it is about one.
    public var call: CallID?
    public var sequence: Int
    public var state: State
    /// Since it was queued, or sent again by hand.
    public var tries: Int
    /// When it is due, for one that is pending. Milliseconds since 1970 UTC, as are the others.
    public var dueAt: Int64?
    public var createdAt: Int64
    public var finishedAt: Int64?
    /// The newest tries, newest first.
    public var attempts: [DeliveryAttempt]
}
