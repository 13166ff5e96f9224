/// The body of one webhook, version 1. It is made once, in the transaction in which it happens, and sent as it is at every try.
///
/// Its names are the JSON's. Fields may be added within a version; none changes its meaning.
public struct WebhookMessage<Content: Encodable & Sendable>: Encodable, Sendable {
    public var version = 1
    public var id: EventID
    public var type: WebhookEventType
    /// When it happened, RFC 3339 in UTC.
    public var timestamp: String
    /// 1, 2, 3… within one subject, without gaps over all its events (an endpoint's filter may leave some out).
    public var sequence: Int
    public var data: Content

    /// - Parameter at: milliseconds since 1970 UTC.
    public init(id: EventID, type: WebhookEventType, at: Int64, sequence: Int, data: Content) {
        self.id = id
        self.type = type
        timestamp = RFC3339.text(milliseconds: at)
        self.sequence = sequence
        self.data = data
    }

    private init(as other: WebhookMessage<some Encodable & Sendable>, data: Content) {
        (version, id, type, timestamp, sequence) = (other.version, other.id, other.type, other.timestamp, other.sequence)
        self.data = data
    }

    /// The same event, whose content would be too long.
    public var withoutContent: WebhookMessage<OmittedEventData> { WebhookMessage<OmittedEventData>(as: self, data: OmittedEventData()) }
}

/// The `data` of a `call.…` event.
public struct CallEventData: Encodable, Sendable {
    public var call: Call

    public init(call: Call) { self.call = call }

    /// A call as it stands right after the event. Times are RFC 3339 in UTC; what is not known yet is left out.
    public struct Call: Encodable, Sendable, Equatable {
        public var id: CallID
        public var room: RoomSlug
        /// Whole, in E.164, or the digits of an extension or virtual number: it goes to the owner's own systems.
        public var number: String
        public var trunk: TrunkID?
        /// The link that granted it.
        public var link: LinkID?
        public var label: String
        public var origin: DialRequest.Origin
        public var state: CallState
        public var early_media: Bool
        public var outcome: CallOutcome?
        public var reason: CallReason?
        /// What FraudGuard said, if it was FraudGuard that refused.
        public var refusal: GuardRefusal?
        public var ended_by: CallParty?
        public var sip_status: Int?
        public var q850_cause: Int?
        public var queued_at: String
        public var dialling_at: String?
        public var ringing_at: String?
        public var answered_at: String?
        public var ended_at: String?
        public var talk_seconds: Int
        /// What was tried, in its order; only in the terminal event.
        public var attempts: [Attempt]?
    }

    /// One try to reach the far end.
    public struct Attempt: Encodable, Sendable, Equatable {
        /// Left out for an extension.
        public var trunk: TrunkID?
        public var started_at: String?
        public var ended_at: String
        public var sip_status: Int?
        public var q850_cause: Int?
        public var detail: String

        public init(_ attempt: CallAttempt) {
            trunk = attempt.trunk
            started_at = RFC3339.text(milliseconds: attempt.startedAt)
            ended_at = RFC3339.text(milliseconds: attempt.endedAt)
            sip_status = attempt.sipStatus
            q850_cause = attempt.q850Cause
            detail = attempt.detail.shortened(toBytes: CallEventData.longestText)
        }
    }

    /// More attempts and longer texts than any real call has: a body stays under 20 kB whatever a far end says.
    static let attemptLimit = 16
    static let longestText = 500
}

extension CallEventData {
    /// What a row knows of a call beyond its snapshot.
    public struct Record: Sendable, Equatable {
        public var diallingAt: Int64?
        public var ringingAt: Int64?
        public var endedBy: CallParty?
        public var sipStatus: Int?
        public var q850Cause: Int?
        /// `nil` while the call lasts.
        public var attempts: [CallAttempt]?

        public init(
            diallingAt: Int64?, ringingAt: Int64?, endedBy: CallParty?, sipStatus: Int?, q850Cause: Int?, attempts: [CallAttempt]?
        ) {
            self.diallingAt = diallingAt
            self.ringingAt = ringingAt
            self.endedBy = endedBy
            self.sipStatus = sipStatus
            self.q850Cause = q850Cause
            self.attempts = attempts
        }
    }

    public init(_ call: CallSnapshot, _ record: Record) {
        self.call = Call(
            id: call.id, room: call.room, number: call.target.text.shortened(toBytes: Self.longestText), trunk: call.trunk, link: call.link,
            label: call.label.shortened(toBytes: Self.longestText), origin: call.origin, state: call.state, early_media: call.earlyMedia,
            outcome: call.outcome,
            reason: call.reason.map {
                CallReason(code: $0.code.shortened(toBytes: Self.longestText), text: $0.text.shortened(toBytes: Self.longestText))
            },
            refusal: call.refusal,
            ended_by: record.endedBy, sip_status: record.sipStatus, q850_cause: record.q850Cause,
            queued_at: RFC3339.text(milliseconds: call.queuedAt), dialling_at: record.diallingAt.map(RFC3339.text),
            ringing_at: record.ringingAt.map(RFC3339.text), answered_at: call.answeredAt.map(RFC3339.text),
            ended_at: call.endedAt.map(RFC3339.text), talk_seconds: call.talkSeconds,
            attempts: record.attempts.map { $0.suffix(Self.attemptLimit).map(Attempt.init) })
    }
}

extension String {
    /// At most `limit` bytes of UTF-8, cut between characters.
    func shortened(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var bytes = 0
        let kept = unicodeScalars.prefix { scalar in
            bytes += scalar.utf8.count
            return bytes <= limit - 3
        }
        return String(kept) + "…"
    }
}
