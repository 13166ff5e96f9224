// The `data` of the events that are not about a call. Each names its subject, as `call` is named in a call's; times are RFC 3339 in UTC,
// and what is not known is left out.

/// Of `room.started` and `room.ended`.
public struct RoomEventData: Encodable, Sendable, Equatable {
    public struct Room: Encodable, Sendable, Equatable {
        public var slug: RoomSlug
        public var started_at: String
        public var ended_at: String?
        /// From the first participant's coming to the last one's leaving.
        public var seconds: Int64?
    }

    public var room: Room

    /// - Parameters: milliseconds since 1970 UTC.
    public init(_ slug: RoomSlug, startedAt: Int64, endedAt: Int64? = nil) {
        room = Room(
            slug: slug, started_at: RFC3339.text(milliseconds: startedAt), ended_at: endedAt.map(RFC3339.text),
            seconds: endedAt.map { max(0, $0 - startedAt) / 1_000 })
    }
}

/// Of `participant.joined` and `participant.left`.
public struct ParticipantEventData: Encodable, Sendable, Equatable {
    public struct Participant: Encodable, Sendable, Equatable {
        public var id: String
        public var room: RoomSlug
        public var kind: Domain.Participant.Kind
        /// The display name of a browser, the label of a phone.
        public var name: String
        /// The call that brought the phone.
        public var call: CallID?
        public var joined_at: String
        public var left_at: String?
        public var seconds: Int64?
    }

    public var participant: Participant

    /// - Parameters: times in milliseconds since 1970 UTC.
    public init(
        _ id: ParticipantID, in room: RoomSlug, kind: Domain.Participant.Kind, name: String, joinedAt: Int64, leftAt: Int64? = nil
    ) {
        var call: CallID?
        if case .call(let id) = id { call = id }
        participant = Participant(
            id: id.description, room: room, kind: kind, name: name.shortened(toBytes: WebhookMessageLimits.text), call: call,
            joined_at: RFC3339.text(milliseconds: joinedAt), left_at: leftAt.map(RFC3339.text),
            seconds: leftAt.map { max(0, $0 - joinedAt) / 1_000 })
    }
}

/// Of `link.revoked`.
public struct LinkEventData: Encodable, Sendable, Equatable {
    public struct Link: Encodable, Sendable, Equatable {
        public var id: LinkID
        public var room: RoomSlug
        public var note: String?
        public var created_at: String
        public var revoked_at: String
    }

    public var link: Link

    /// - Parameters: times in milliseconds since 1970 UTC.
    public init(_ id: LinkID, room: RoomSlug, note: String?, createdAt: Int64, revokedAt: Int64) {
        link = Link(
            id: id, room: room, note: note?.shortened(toBytes: WebhookMessageLimits.text), created_at: RFC3339.text(milliseconds: createdAt),
            revoked_at: RFC3339.text(milliseconds: revokedAt))
    }
}

/// Of `webhook.disabled`, which goes to the other endpoints. Without its URL, which may hold a secret of that receiver.
public struct WebhookDisabledData: Encodable, Sendable, Equatable {
    public struct Webhook: Encodable, Sendable, Equatable {
        public var id: WebhookID
        public var description: String
        public var disabled_reason: DeliverySchedule.DisableReason
        public var disabled_at: String
        public var failing_since: String?
    }

    public var webhook: Webhook

    /// - Parameters: times in milliseconds since 1970 UTC.
    public init(_ id: WebhookID, description: String, reason: DeliverySchedule.DisableReason, at: Int64, failingSince: Int64?) {
        webhook = Webhook(
            id: id, description: description.shortened(toBytes: WebhookMessageLimits.text), disabled_reason: reason,
            disabled_at: RFC3339.text(milliseconds: at), failing_since: failingSince.map(RFC3339.text))
    }
}

/// Of `webhook.test`.
public struct WebhookTestData: Encodable, Sendable {
    public var webhook: WebhookID

    public init(webhook: WebhookID) { self.webhook = webhook }
}

/// In place of content that would make a body too long; the event itself is told all the same.
public struct OmittedEventData: Encodable, Sendable {
    public var omitted = "too_long"

    public init() {}
}

/// How long a body and its parts may be.
public enum WebhookMessageLimits {
    /// Bytes of a body.
    public static let body = 20_000
    /// Bytes of a text that somebody outside chose.
    static let text = 300
}
