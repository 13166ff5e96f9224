import Domain
import LibPQ

/// What came of a link.
public struct LinkStats: Sendable, Equatable {
    /// How often somebody came in by it.
    public var opened: Int
    /// Calls that were placed by it, and those of them that somebody answered.
    public var dialled: Int
    public var answered: Int
    /// Calls that were asked for by it and refused; those beyond what an address may ask for in a minute are not among them.
    public var refused: Int
    /// Calls that are up at this moment.
    public var live: Int
    /// Seconds talked, in all.
    public var talkSeconds: Int
    /// Calls that have ended, refused ones too, by their outcome.
    public var outcomes: [CallOutcome: Int]
    /// Milliseconds since 1970 UTC, as is `lastDialledAt`.
    public var lastOpenedAt: Int64?
    public var lastDialledAt: Int64?

    /// When it last did something for somebody.
    public var lastUsedAt: Int64? { [lastOpenedAt, lastDialledAt].compactMap { $0 }.max() }
}

extension Store {
    /// `nil` if there is no such link.
    public func linkStats(_ id: LinkID) async throws(StoreError) -> LinkStats? {
        try await transaction { transaction throws(PostgresError) in
            let known = try transaction.row(
                "SELECT opened, milliseconds(last_opened_at) AS last_opened_at FROM links WHERE id = $1", .id(id)
            ) { row throws(PostgresError) in (opened: try row.value("opened", as: Int.self), at: try row.optional("last_opened_at", as: Int64.self)) }
            guard let known else { return nil }
            // One row for each way in which its calls stand.
            let heaps = try transaction.rows(
                """
                SELECT outcome, command IS NOT NULL AS placed, state = 'ended' AS ended, count(*) AS count, count(answered_at) AS answered,
                       sum(talk_seconds) AS talked, milliseconds(max(queued_at)) AS last
                  FROM calls WHERE link = $1 GROUP BY outcome, command IS NOT NULL, state = 'ended'
                """, .id(id)
            ) { row throws(PostgresError) in
                (
                    outcome: try row.optionalDomain("outcome", CallOutcome.init), isPlaced: try row.value("placed", as: Bool.self),
                    hasEnded: try row.value("ended", as: Bool.self), count: try row.value("count", as: Int.self),
                    answered: try row.value("answered", as: Int.self), talked: try row.value("talked", as: Int.self),
                    last: try row.value("last", as: Int64.self)
                )
            }
            var stats = LinkStats(
                opened: known.opened, dialled: 0, answered: 0, refused: 0, live: 0, talkSeconds: 0, outcomes: [:], lastOpenedAt: known.at)
            for heap in heaps {
                if heap.isPlaced { stats.dialled += heap.count } else { stats.refused += heap.count }
                if !heap.hasEnded { stats.live += heap.count }
                stats.answered += heap.answered
                stats.talkSeconds += heap.talked
                if let outcome = heap.outcome { stats.outcomes[outcome, default: 0] += heap.count }
                stats.lastDialledAt = max(stats.lastDialledAt ?? heap.last, heap.last)
            }
            return stats
        }
    }
}
