import Domain
import LibPQ

// Who is in the rooms, as it is told: `participant.joined` and `.left`, and with the first and the last of them `room.started` and `.ended`.
// It follows the durable events of the bridges alone, so that each is told once, in the transaction that applies it.
extension PostgresTransaction {
    /// Somebody came. Known already, at the same or another bridge (a browser that resumed its place), it is no news.
    func arrive(
        _ participant: Participant, in room: RoomSlug, bridge: String, epoch: UInt64, at: Int64, now: Int64
    ) throws(PostgresError) {
        // The room's row is the lock: the first of two who come at once is the first.
        try touch(room, now: at)
        let isFirst =
            try execute("INSERT INTO live_rooms (room, started_at) VALUES ($1, instant($2)) ON CONFLICT DO NOTHING", .id(room), .int(at)) == 1
        let isNew = try row(
            """
            INSERT INTO room_presence (room, participant, kind, name, joined_at, bridge, epoch) VALUES ($1, $2, $3, $4, instant($5), $6, $7)
            ON CONFLICT (room, participant) DO UPDATE SET bridge = excluded.bridge, epoch = excluded.epoch
            RETURNING xmax = 0 AS fresh
            """, .id(room), .text(participant.id.description), .text(participant.kind.rawValue), .prose(participant.name), .int(at),
            .text(bridge), .bits(epoch)
        ) { row throws(PostgresError) in try row.value("fresh", as: Bool.self) }
        if isFirst { try tell(.roomStarted, about: .room(room), at: at, now: now, data: RoomEventData(room, startedAt: at)) }
        guard isNew == true else { return }
        let data = ParticipantEventData(participant.id, in: room, kind: participant.kind, name: participant.name, joinedAt: at)
        try tell(.participantJoined, about: .room(room), at: at, now: now, data: data)
    }

    /// Somebody left, by the word of the bridge at which it was last.
    func depart(
        _ participant: ParticipantID, from room: RoomSlug, bridge: String, epoch: UInt64, at: Int64, now: Int64
    ) throws(PostgresError) {
        let present = try rows(
            """
            SELECT room, participant, kind, name, milliseconds(joined_at) AS joined_at FROM room_presence
             WHERE room = $1 AND participant = $2 AND bridge = $3 AND epoch = $4
            """, .id(room), .text(participant.description), .text(bridge), .bits(epoch), read: Self.present)
        try depart(present, at: at, now: now)
    }

    /// The bridge has forgotten the room: whoever was there by its word is not there any more.
    func departAll(from room: RoomSlug, bridge: String, epoch: UInt64, at: Int64, now: Int64) throws(PostgresError) {
        let present = try rows(
            """
            SELECT room, participant, kind, name, milliseconds(joined_at) AS joined_at FROM room_presence
             WHERE room = $1 AND bridge = $2 AND epoch = $3 AND joined_at <= instant($4) ORDER BY joined_at, participant
            """, .id(room), .text(bridge), .bits(epoch), .int(at), read: Self.present)
        try depart(present, at: at, now: now)
    }

    /// A bridge has begun anew, or is given up: whoever was there before is not there any more.
    ///
    /// - Parameter epoch: whose people stay; `nil` for nobody's.
    func departAll(ofBridge bridge: String, exceptOf epoch: UInt64?, now: Int64) throws(PostgresError) {
        let present = try rows(
            """
            SELECT room, participant, kind, name, milliseconds(joined_at) AS joined_at FROM room_presence
             WHERE bridge = $1 AND ($2::bigint IS NULL OR epoch <> $2) ORDER BY room, joined_at, participant
            """, .text(bridge), epoch.map { .bits($0) } ?? .null, read: Self.present)
        try depart(present, at: now, now: now)
    }

    private struct Present {
        var id: ParticipantID
        var room: RoomSlug
        var kind: Participant.Kind
        var name: String
        var joinedAt: Int64
    }

    private static let present: @Sendable (borrowing PostgresRow) throws(PostgresError) -> Present = { row throws(PostgresError) in
        Present(
            id: try row.domain("participant", ParticipantID.init), room: try row.domain("room", RoomSlug.init),
            kind: try row.domain("kind", Participant.Kind.init), name: try row.value("name"), joinedAt: try row.value("joined_at"))
    }

    /// One after the other, room by room, each room with its end if nobody is left.
    private func depart(_ present: [Present], at: Int64, now: Int64) throws(PostgresError) {
        for (index, participant) in present.enumerated() {
            let room = participant.room
            _ = try execute("SELECT FROM rooms WHERE slug = $1 FOR NO KEY UPDATE", .id(room))
            let isGone =
                try execute(
                    "DELETE FROM room_presence WHERE room = $1 AND participant = $2", .id(room), .text(participant.id.description)) == 1
            // Another transaction was first.
            guard isGone else { continue }
            let data = ParticipantEventData(
                participant.id, in: room, kind: participant.kind, name: participant.name, joinedAt: participant.joinedAt,
                leftAt: max(at, participant.joinedAt))
            try tell(.participantLeft, about: .room(room), at: at, now: now, data: data)
            let isLastOfRoom = index + 1 == present.count || present[index + 1].room != room
            if isLastOfRoom { try endIfEmpty(room, at: at, now: now) }
        }
    }

    private func endIfEmpty(_ room: RoomSlug, at: Int64, now: Int64) throws(PostgresError) {
        let started = try row(
            """
            DELETE FROM live_rooms WHERE room = $1 AND NOT EXISTS (SELECT FROM room_presence WHERE room_presence.room = live_rooms.room)
            RETURNING milliseconds(started_at) AS started_at
            """, .id(room)
        ) { row throws(PostgresError) in try row.value("started_at", as: Int64.self) }
        guard let started else { return }
        try tell(.roomEnded, about: .room(room), at: at, now: now, data: RoomEventData(room, startedAt: started, endedAt: max(at, started)))
    }
}

// What else is told.
extension PostgresTransaction {
    /// Tells of a link that is about to be revoked, if it has not been: before the row says so, in the same transaction.
    func publishRevocation(of id: LinkID, now: Int64) throws(PostgresError) {
        let link = try row(
            "SELECT room, note, milliseconds(created_at) AS created_at FROM links WHERE id = $1 AND revoked_at IS NULL FOR NO KEY UPDATE",
            .id(id)
        ) { row throws(PostgresError) in
            LinkEventData(
                id, room: try row.domain("room", RoomSlug.init), note: try row.optional("note"), createdAt: try row.value("created_at"),
                revokedAt: now)
        }
        guard let link else { return }
        try tell(.linkRevoked, about: .link(id), at: now, now: now, data: link)
    }
}
