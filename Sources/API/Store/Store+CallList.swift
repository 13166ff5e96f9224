import Domain
import LibPQ

/// Which calls are asked for; what is `nil` is not looked at.
public struct CallFilter: Sendable, Equatable {
    /// Asked for at or after this, milliseconds since 1970 UTC.
    public var from: Int64?
    /// Asked for before this.
    public var to: Int64?
    public var outcome: CallOutcome?
    public var state: CallState?
    /// As it is stored: `+49…` or the digits.
    public var number: String?
    /// The trunk that the call was pinned to, or that was the first of those that could carry it.
    public var trunk: TrunkID?
    public var link: LinkID?
    public var room: RoomSlug?

    public init(
        from: Int64? = nil, to: Int64? = nil, outcome: CallOutcome? = nil, state: CallState? = nil, number: String? = nil,
        trunk: TrunkID? = nil, link: LinkID? = nil, room: RoomSlug? = nil
    ) {
        self.from = from
        self.to = to
        self.outcome = outcome
        self.state = state
        self.number = number
        self.trunk = trunk
        self.link = link
        self.room = room
    }
}

/// A call as a list shows it: as its row stands, without its timeline.
public struct ListedCall: Sendable, Equatable {
    public var call: CallSnapshot
    /// Set once it has ended.
    public var endedBy: CallParty?
    public var sipStatus: Int?
    public var q850Cause: Int?
    public var quality: CallQuality?

    public init(_ call: CallSnapshot, endedBy: CallParty? = nil, sipStatus: Int? = nil, q850Cause: Int? = nil, quality: CallQuality? = nil) {
        self.call = call
        self.endedBy = endedBy
        self.sipStatus = sipStatus
        self.q850Cause = q850Cause
        self.quality = quality
    }
}

extension Store {
    /// The calls that `filter` wants, newest first. Every page is read by an index, however many calls there are.
    public func calls(_ filter: CallFilter = CallFilter(), _ page: PageRequest) async throws(StoreError) -> Page<ListedCall> {
        let rows = try await statement { transaction throws(PostgresError) in
            let (pieces, parameters) = CallListStatement.statement(filter, page)
            transaction.planOnceByIndexes()
            return try transaction.rows(of: pieces, parameters) { row throws(PostgresError) in try row.listedCall() }
        }
        return page.page(of: rows) { PageCursor(at: $0.call.queuedAt, id: $0.call.id.text) }
    }

    /// How the database would read that page: for tests of its indexes.
    package func planOfCalls(_ filter: CallFilter, _ page: PageRequest) async throws(StoreError) -> String {
        try await transaction { transaction throws(PostgresError) in
            let (pieces, parameters) = CallListStatement.statement(filter, page)
            return try transaction.rows(of: ["EXPLAIN"] + pieces, parameters) { row throws(PostgresError) in
                try row.value("QUERY PLAN", as: String.self)
            }
            .joined(separator: "\n")
        }
    }
}

/// The list's statement: constant pieces, of which a filter chooses. Every parameter is named in both forms of its piece, so that their
/// numbers do not move; the planner drops what is true anyway.
private enum CallListStatement {
    private static let head: StaticString = """
        SELECT id, room, target, trunk, label, state, early_media, outcome, reason_code, reason_text, origin, load, key,
               milliseconds(queued_at) AS queued_at, milliseconds(expires_at) AS expires_at,
               milliseconds(answered_at) AS answered_at, milliseconds(ended_at) AS ended_at,
               talk_seconds, refusal, link, hides_number, ended_by, sip_status, q850_cause, quality
          FROM calls WHERE true
        """

    static func statement(_ filter: CallFilter, _ page: PageRequest) -> ([StaticString], [PostgresValue]) {
        let wanted = page.parameters
        let pieces: [StaticString] = [
            head,
            filter.from == nil ? "AND ($1::bigint IS NULL OR true)" : "AND queued_at >= instant($1)",
            filter.to == nil ? "AND ($2::bigint IS NULL OR true)" : "AND queued_at < instant($2)",
            filter.outcome == nil ? "AND ($3::text IS NULL OR true)" : "AND outcome = $3",
            state(filter.state),
            filter.number == nil ? "AND ($5::text IS NULL OR true)" : "AND target = $5",
            filter.trunk == nil ? "AND ($6::text IS NULL OR true)" : "AND carrier = $6",
            filter.link == nil ? "AND ($7::text IS NULL OR true)" : "AND link = $7",
            filter.room == nil ? "AND ($8::text IS NULL OR true)" : "AND room = $8",
            page.after == nil
                ? "AND ($9::bigint IS NULL OR true) AND ($10::text IS NULL OR true)" : "AND (calls.queued_at, calls.id) < (instant($9), $10)",
            "ORDER BY calls.queued_at DESC, calls.id DESC LIMIT $11",
        ]
        let parameters: [PostgresValue] = [
            .optional(filter.from), .optional(filter.to), .optional(filter.outcome?.rawValue), .optional(filter.state?.rawValue),
            filter.number.map { .prose($0) } ?? .null, .optional(filter.trunk?.text), .optional(filter.link?.text), .optional(filter.room?.text),
            wanted.at, wanted.id, wanted.rows,
        ]
        return (pieces, parameters)
    }

    /// Live calls are few and have an index of their own; ended ones are nearly all.
    private static func state(_ state: CallState?) -> StaticString {
        switch state {
        case nil: "AND ($4::text IS NULL OR true)"
        case .ended: "AND state = $4"
        case .queued, .dialling, .ringing, .answered: "AND state <> 'ended' AND state = $4"
        }
    }
}

extension PostgresRow {
    fileprivate func listedCall() throws(PostgresError) -> ListedCall {
        var quality: CallQuality?
        if let text = try optional("quality", as: String.self) { quality = try JSONText.decode(CallQuality.self, text) }
        return ListedCall(
            try callSnapshot(), endedBy: try optionalDomain("ended_by", CallParty.init), sipStatus: try optional("sip_status"),
            q850Cause: try optional("q850_cause"), quality: quality)
    }
}
