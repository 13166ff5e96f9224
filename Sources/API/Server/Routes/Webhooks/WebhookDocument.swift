import Domain
import Store

/// A webhook as `/v1/webhooks` shows it. What is left out is not the case.
struct WebhookDocument: Encodable {
    /// Bytes that a description may have.
    static let descriptionLimit = 200

    var id: WebhookID
    var url: String
    var description: String
    /// Left out for all.
    var events: [String]?
    var signature: WebhookSignatureKind
    var publicKey: String?
    var previousPublicKey: String?
    var enabled: Bool
    var disabledReason: String?
    var disabledAt: String?
    var failingSince: String?
    var pausedUntil: String?
    var previousSecretUntil: String?
    /// Only in the answer that makes it.
    var secret: String?
    var createdAt: String
    var updatedAt: String

    init(_ webhook: Webhook, secret: WebhookSecret? = nil) {
        id = webhook.id
        url = webhook.settings.url
        description = webhook.settings.description
        events = webhook.settings.events?.map(\.text)
        signature = webhook.settings.signature
        publicKey = webhook.publicKey
        previousPublicKey = webhook.previousPublicKey
        enabled = webhook.settings.isEnabled
        disabledReason = webhook.disabled?.rawValue
        disabledAt = webhook.disabledAt.map(Timestamp.rfc3339)
        failingSince = webhook.failingSince.map(Timestamp.rfc3339)
        pausedUntil = webhook.pausedUntil.map(Timestamp.rfc3339)
        previousSecretUntil = webhook.previousSecretUntil.map(Timestamp.rfc3339)
        self.secret = secret?.text
        createdAt = Timestamp.rfc3339(milliseconds: webhook.createdAt)
        updatedAt = Timestamp.rfc3339(milliseconds: webhook.updatedAt)
    }
}

/// An event that is on its way.
struct QueuedEventDocument: Encodable {
    var event: EventID
}

/// Events of the past that are on their way again.
struct QueuedRangeDocument: Encodable {
    var queued: Int
    /// The `from` with which the next request goes on; left out if that was all.
    var next: String?
}

/// One event at one webhook, with its newest tries.
struct DeliveryDocument: Encodable {
    struct Attempt: Encodable {
        var at: String
        var milliseconds: Int64
        /// The HTTP status, or else the failure and a sentence about it.
        var status: Int?
        var failure: DeliveryAnswer.Failure?
        var detail: String?
        var answer: String
    }

    var event: EventID
    var type: String
    var subject: String
    var call: CallID?
    var sequence: Int
    var state: String
    var tries: Int
    var dueAt: String?
    var createdAt: String
    var finishedAt: String?
    var attempts: [Attempt]

    init(_ delivery: WebhookDelivery) {
        event = delivery.event
        type = delivery.type
        subject = delivery.subject
        call = delivery.call
        sequence = delivery.sequence
        state = delivery.state.rawValue
        tries = delivery.tries
        dueAt = delivery.dueAt.map(Timestamp.rfc3339)
        createdAt = Timestamp.rfc3339(milliseconds: delivery.createdAt)
        finishedAt = delivery.finishedAt.map(Timestamp.rfc3339)
        attempts = delivery.attempts.map { attempt in
            var shown = Attempt(at: Timestamp.rfc3339(milliseconds: attempt.at), milliseconds: attempt.milliseconds, answer: attempt.excerpt)
            switch attempt.answer {
            case .status(let status, _): shown.status = status
            case .failed(let failure): (shown.failure, shown.detail) = (failure, failure.sentence)
            }
            return shown
        }
    }
}
