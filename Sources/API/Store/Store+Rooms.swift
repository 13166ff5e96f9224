import Domain
import LibPQ

extension Store {
    /// A browser takes (or takes back) its place in a room. The bridge's own report confirms it.
    public func recordJoin(room: RoomSlug, peer: PeerID, load: LoadID, now: Int64) async throws(StoreError) {
        try await transaction { transaction throws(PostgresError) in
            try transaction.touch(room, now: now)
            _ = try transaction.execute(
                """
                INSERT INTO participants AS present (peer, room, load, joined_at) VALUES ($1, $2, $3, instant($4))
                ON CONFLICT (peer) DO UPDATE
                    SET load = excluded.load, left_at = NULL,
                        joined_at = CASE WHEN present.left_at IS NULL THEN present.joined_at ELSE excluded.joined_at END
                  WHERE present.room = excluded.room
                """, .id(peer), .id(room), .id(load), .int(now))
        }
    }

    /// A browser left on purpose, or the bridge never let it in.
    public func recordLeft(room: RoomSlug, peer: PeerID, now: Int64) async throws(StoreError) {
        try await transaction { transaction throws(PostgresError) in
            try transaction.closeParticipant(peer, room: room, at: now)
        }
    }

    /// What an operator's check shows: counts, nothing that names anybody.
    public func healthSummary(now: Int64) async throws(StoreError) -> HealthSummary {
        try await transaction { transaction throws(PostgresError) in
            let counts = try transaction.row(
                """
                SELECT count(DISTINCT room) AS rooms, count(*) AS browsers,
                       (SELECT count(*) FROM calls WHERE state <> 'ended' AND queued_at <= instant($1)) AS live_calls
                  FROM participants WHERE left_at IS NULL
                """, .int(now)
            ) { row throws(PostgresError) in
                HealthSummary(
                    rooms: try row.value("rooms"), participants: try row.value("browsers"), liveCalls: try row.value("live_calls"))
            }
            var summary = counts ?? HealthSummary()
            let totals = try transaction.rows(
                "SELECT outcome, count(*) AS total FROM calls WHERE outcome IS NOT NULL GROUP BY outcome"
            ) { row throws(PostgresError) in
                (outcome: try row.domain("outcome", CallOutcome.init), total: try row.value("total", as: Int.self))
            }
            for (outcome, total) in totals { summary.callsByOutcome[outcome] = total }
            return summary
        }
    }
}

/// The state of the installation in numbers.
public struct HealthSummary: Sendable, Equatable {
    /// Rooms with a browser in them.
    public var rooms = 0
    /// Browsers in rooms.
    public var participants = 0
    /// Calls that have not ended.
    public var liveCalls = 0
    /// Every call that ever ended.
    public var callsByOutcome: [CallOutcome: Int] = [:]

    public init(rooms: Int = 0, participants: Int = 0, liveCalls: Int = 0, callsByOutcome: [CallOutcome: Int] = [:]) {
        self.rooms = rooms
        self.participants = participants
        self.liveCalls = liveCalls
        self.callsByOutcome = callsByOutcome
    }
}

extension PostgresTransaction {
    /// Makes sure that the room's row is there and holds its lock until the end of the transaction.
    func touch(_ room: RoomSlug, now: Int64) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO rooms AS room (slug, created_at, last_used_at) VALUES ($1, instant($2), instant($2))
            ON CONFLICT (slug) DO UPDATE SET last_used_at = greatest(room.last_used_at, excluded.last_used_at)
            """, .id(room), .int(now))
    }

    /// A browser's stay is over; nothing if it was over before.
    func closeParticipant(_ peer: PeerID, room: RoomSlug, at: Int64) throws(PostgresError) {
        _ = try execute(
            "UPDATE participants SET left_at = greatest(joined_at, instant($3)) WHERE peer = $1 AND room = $2 AND left_at IS NULL",
            .id(peer), .id(room), .int(at))
    }
}
