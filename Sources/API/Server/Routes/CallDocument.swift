import Domain

/// A call as `GET /v1/calls/{id}` shows it. Times are RFC 3339 in UTC, durations seconds.
struct CallDocument: Encodable {
    struct Entry: Encodable {
        var at: String
        var event: String
        /// It came after the call's books were closed, and changed nothing.
        var late: Bool
        var detail: String?
    }

    /// One try to reach the far end.
    struct Attempt: Encodable {
        var trunk: TrunkID?
        var startedAt: String
        var endedAt: String
        var sipStatus: Int?
        var q850Cause: Int?
        var detail: String

        init(_ attempt: CallAttempt) {
            trunk = attempt.trunk
            startedAt = Timestamp.rfc3339(milliseconds: attempt.startedAt)
            endedAt = Timestamp.rfc3339(milliseconds: attempt.endedAt)
            sipStatus = attempt.sipStatus
            q850Cause = attempt.q850Cause
            detail = attempt.detail
        }
    }

    var id: CallID
    var room: RoomSlug
    var number: String
    var trunk: TrunkID?
    var label: String
    var state: CallState
    var outcome: CallOutcome?
    var reason: CallReason?
    var refusal: GuardRefusal?
    var link: LinkID?
    var endedBy: CallParty?
    var sipStatus: Int?
    var q850Cause: Int?
    var origin: DialRequest.Origin
    var queuedAt: String
    var answeredAt: String?
    var endedAt: String?
    var talkSeconds: Int
    var attempts: [Attempt]
    var timeline: [Entry]

    init(_ record: CallRecord) {
        let call = record.call
        id = call.id
        room = call.room
        number = call.target.text
        trunk = call.trunk
        label = call.label
        state = call.state
        outcome = call.outcome
        reason = call.reason
        refusal = call.refusal
        link = call.link
        endedBy = record.ending?.by
        sipStatus = record.ending?.sipStatus
        q850Cause = record.ending?.q850Cause
        origin = call.origin
        queuedAt = Timestamp.rfc3339(milliseconds: call.queuedAt)
        answeredAt = call.answeredAt.map(Timestamp.rfc3339)
        endedAt = call.endedAt.map(Timestamp.rfc3339)
        talkSeconds = call.talkSeconds
        attempts = record.attempts.map(Attempt.init)
        timeline = record.timeline.map {
            Entry(at: Timestamp.rfc3339(milliseconds: $0.at), event: $0.event, late: $0.isLate, detail: $0.detail)
        }
    }
}
