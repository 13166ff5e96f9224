import Domain
import Store

/// A call as REST shows it; in a list without attempts and timeline. Times are RFC 3339 in UTC, durations seconds.
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

    /// How well the phone was heard; `reported` is what it told of our sound.
    struct Quality: Encodable {
        var packetsReceived: Int
        var packetsLost: Int
        var lossPercent: Double
        var jitterMs: Int
        var roundTripMs: Int?
        var mos: Double?
        var packetsSent: Int
        var reportedLossPercent: Double?
        var reportedJitterMs: Int?

        init(_ quality: CallQuality) {
            func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
            packetsReceived = quality.packetsReceived
            packetsLost = quality.packetsLost
            lossPercent = rounded(quality.lossPercent)
            jitterMs = quality.jitterMilliseconds
            roundTripMs = quality.roundTripMilliseconds
            mos = quality.meanOpinionScore.map(rounded)
            packetsSent = quality.packetsSent
            reportedLossPercent = quality.reportedLossPercent.map(rounded)
            reportedJitterMs = quality.reportedJitterMilliseconds
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
    var quality: Quality?
    var attempts: [Attempt]?
    var timeline: [Entry]?

    /// As a list shows it.
    init(_ listed: ListedCall) {
        let call = listed.call
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
        endedBy = listed.endedBy
        sipStatus = listed.sipStatus
        q850Cause = listed.q850Cause
        origin = call.origin
        queuedAt = Timestamp.rfc3339(milliseconds: call.queuedAt)
        answeredAt = call.answeredAt.map(Timestamp.rfc3339)
        endedAt = call.endedAt.map(Timestamp.rfc3339)
        talkSeconds = call.talkSeconds
        quality = listed.quality.map(Quality.init)
    }

    init(_ record: CallRecord) {
        self.init(
            ListedCall(
                record.call, endedBy: record.ending?.by, sipStatus: record.ending?.sipStatus, q850Cause: record.ending?.q850Cause,
                quality: record.ending?.quality))
        attempts = record.attempts.map(Attempt.init)
        timeline = record.timeline.map {
            Entry(at: Timestamp.rfc3339(milliseconds: $0.at), event: $0.event, late: $0.isLate, detail: $0.detail)
        }
    }
}
