import Domain
import LibPQ

/// One line of a call's timeline.
public struct CallTimelineEntry: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Decided here: the call was accepted, and is to be sent.
        case queued
        /// Decided here: it is given to a bridge.
        case sent
        /// Decided here: another wish for the same target was answered with this call.
        case attached
        /// Reported by the bridge.
        case dialling, ringing, attempted, answered
        /// Reported by the bridge, or decided here.
        case ended
    }

    /// When it happened, milliseconds since 1970 UTC, by the clock of whoever saw it.
    public var at: Int64
    public var kind: Kind
    public var detail: CallEventDetail
    /// It came after the outcome, and changed nothing.
    public var isLate: Bool
    /// The bridge that reported it; `nil` for what was decided here.
    public var bridge: String?
}

/// What is known of one line beyond its kind.
public struct CallEventDetail: Codable, Sendable, Equatable {
    public var earlyMedia: Bool?
    public var outcome: CallOutcome?
    public var by: CallParty?
    public var text: String?
    public var sipStatus: Int?
    public var q850Cause: Int?
    public var talkSeconds: Int?
    /// Of an attempt: the trunk it went over, and when it began (milliseconds since 1970 UTC).
    public var trunk: TrunkID?
    public var startedAt: Int64?
    /// Of the end: how well the phone was heard.
    public var quality: CallQuality?

    public init(
        earlyMedia: Bool? = nil, outcome: CallOutcome? = nil, by: CallParty? = nil, text: String? = nil, sipStatus: Int? = nil,
        q850Cause: Int? = nil, talkSeconds: Int? = nil, trunk: TrunkID? = nil, startedAt: Int64? = nil, quality: CallQuality? = nil
    ) {
        self.quality = quality
        self.trunk = trunk
        self.startedAt = startedAt
        self.earlyMedia = earlyMedia
        self.outcome = outcome
        self.by = by
        // JSON could carry a NUL, PostgreSQL's jsonb cannot.
        self.text = text?.withoutNUL
        self.sipStatus = sipStatus
        self.q850Cause = q850Cause
        self.talkSeconds = talkSeconds
    }
}

extension Store {
    /// Everything that is known of a call, in the order in which it came here.
    public func timeline(_ call: CallID) async throws(StoreError) -> [CallTimelineEntry] {
        try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                "SELECT milliseconds(at) AS at, kind, detail, late, bridge FROM call_events WHERE call = $1 ORDER BY id", .id(call)
            ) { row throws(PostgresError) in
                CallTimelineEntry(
                    at: try row.value("at"), kind: try row.domain("kind", CallTimelineEntry.Kind.init),
                    detail: try JSONText.decode(CallEventDetail.self, try row.value("detail")), isLate: try row.value("late"),
                    bridge: try row.optional("bridge"))
            }
        }
    }
}

extension PostgresTransaction {
    /// Adds a line about what was decided here.
    func note(
        _ kind: CallTimelineEntry.Kind, of call: CallID, at: Int64, _ detail: CallEventDetail = CallEventDetail()
    ) throws(PostgresError) {
        _ = try execute(
            "INSERT INTO call_events (call, at, kind, detail, late) VALUES ($1, instant($2), $3, $4, false)",
            .id(call), .int(at), .text(kind.rawValue), .text(try JSONText.encode(detail)))
    }

    /// Adds a line about what a bridge reported.
    func note(
        _ event: BridgeEvent, kind: CallTimelineEntry.Kind, _ detail: CallEventDetail, of call: CallID, late: Bool, bridge: String,
        epoch: UInt64
    ) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO call_events (call, at, kind, detail, late, bridge, epoch, sequence)
            VALUES ($1, instant($2), $3, $4, $5, $6, $7, $8)
            """,
            .id(call), .int(event.atMilliseconds), .text(kind.rawValue), .text(try JSONText.encode(detail)), .bool(late),
            .text(bridge), .bits(epoch), .bits(event.sequence))
    }
}
