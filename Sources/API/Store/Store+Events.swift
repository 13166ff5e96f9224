import Domain
import LibPQ

/// What an event of a bridge came to.
public struct AppliedEvent: Sendable, Equatable {
    /// The call as it stands now; `nil` for a room's event and for a call that has no books.
    public var call: CallSnapshot?
    /// `false`: this event was applied before, nothing was done.
    public var isNew: Bool
    /// The call had its outcome already: the event is in the timeline and changed nothing.
    public var isLate: Bool
    /// The call is up at the bridge although its books are closed (or were never opened): it is to be hung up.
    public var mustHangUp: Bool
    /// Every event of the epoch up to this position is applied.
    public var acknowledged: UInt64
}

extension Store {
    /// Applies one event, once, together with the position that acknowledges it.
    ///
    /// An error that is not retryable means that this event will never do: `park` it, so that the next ones are not held up.
    public func apply(
        _ event: BridgeEvent, bridge: String, epoch: UInt64, now: Int64
    ) async throws(StoreError) -> AppliedEvent {
        try await transaction { transaction throws(PostgresError) in
            let known = try transaction.lockedBridge(bridge)
            let isCurrent = known?.epoch == epoch
            let isNew = try transaction.mark(event, bridge: bridge, epoch: epoch, now: now)
            var applied = AppliedEvent(call: nil, isNew: isNew, isLate: false, mustHangUp: false, acknowledged: 0)
            switch event.stream {
            case .call(let call) where isNew:
                try transaction.enter(event, of: call, bridge: bridge, epoch: epoch, now: now, into: &applied)
            case .call(let call):
                applied.call = try transaction.lockedCall(call)
            case .room where isNew:
                try transaction.enter(event.change, at: event.atMilliseconds, bridge: bridge, epoch: epoch, isCurrent: isCurrent)
                try transaction.tellPresence(event, bridge: bridge, epoch: epoch, isCurrent: isCurrent, now: now)
            case .trunk(let trunk) where isNew:
                try transaction.enter(event.change, of: trunk, bridge: bridge, now: now)
            case .room, .trunk:
                break
            }
            if isCurrent, let known {
                applied.acknowledged = try transaction.acknowledge(event, bridge: bridge, epoch: epoch, after: known, now: now)
            }
            return applied
        }
    }

    /// Sets an event aside that cannot be applied, and acknowledges it; the operator is to be told. Returns the new position.
    public func park(
        _ event: BridgeEvent, bridge: String, epoch: UInt64, reason: String, now: Int64
    ) async throws(StoreError) -> UInt64 {
        try await transaction { transaction throws(PostgresError) in
            let known = try transaction.lockedBridge(bridge)
            _ = try transaction.mark(event, bridge: bridge, epoch: epoch, now: now)
            _ = try transaction.execute(
                """
                INSERT INTO bridge_events_parked (bridge, epoch, stream, sequence, event, reason, parked_at)
                VALUES ($1, $2, $3, $4, $5, $6, instant($7)) ON CONFLICT DO NOTHING
                """,
                .text(bridge), .bits(epoch), .text(event.streamName), .bits(event.sequence), .prose(try JSONText.encode(event)),
                .prose(reason), .int(now))
            guard let known, known.epoch == epoch else { return 0 }
            return try transaction.acknowledge(event, bridge: bridge, epoch: epoch, after: known, now: now)
        }
    }
}

extension BridgeEvent {
    /// The stream as it is stored: a slug cannot hold a colon, so the kinds never meet.
    fileprivate var streamName: String {
        switch stream {
        case .room(let room): "room:\(room.text)"
        case .call(let call): "call:\(call.text)"
        case .trunk(let trunk): "trunk:\(trunk.text)"
        }
    }

    /// How far behind the acknowledged position a mark is kept: the bridge sends nothing from there again.
    fileprivate static let marksKeptBehind: Int64 = 4_096
}

extension PostgresTransaction {
    /// Marks the event as applied; `false` if it was before.
    fileprivate func mark(_ event: BridgeEvent, bridge: String, epoch: UInt64, now: Int64) throws(PostgresError) -> Bool {
        try execute(
            """
            INSERT INTO bridge_events_applied (bridge, epoch, stream, sequence, position, applied_at)
            VALUES ($1, $2, $3, $4, $5, instant($6)) ON CONFLICT DO NOTHING
            """,
            .text(bridge), .bits(epoch), .text(event.streamName), .bits(event.sequence), .bits(event.position), .int(now)) == 1
    }

    /// Moves the acknowledged position over everything that is applied without a gap, and forgets marks that are far behind.
    fileprivate func acknowledge(
        _ event: BridgeEvent, bridge: String, epoch: UInt64, after known: KnownBridge, now: Int64
    ) throws(PostgresError) -> UInt64 {
        let applied = try rows(
            """
            SELECT DISTINCT position FROM bridge_events_applied
             WHERE bridge = $1 AND epoch = $2 AND position > $3 ORDER BY position LIMIT 1024
            """, .text(bridge), .bits(epoch), .bits(known.acknowledged)
        ) { row throws(PostgresError) in try row.value("position", as: Int64.self) }
        var position = Int64(bitPattern: known.acknowledged)
        for next in applied where next == position &+ 1 { position = next }
        _ = try execute(
            "UPDATE bridges SET acknowledged = $2, last_contact = greatest(last_contact, instant($3)) WHERE id = $1",
            .text(bridge), .int(position), .int(now))
        if event.position.isMultiple(of: 256) {
            _ = try execute(
                "DELETE FROM bridge_events_applied WHERE bridge = $1 AND epoch = $2 AND position < $3", .text(bridge), .bits(epoch),
                .int(position - BridgeEvent.marksKeptBehind))
        }
        return UInt64(bitPattern: position)
    }

    /// Enters an event into its call's books and timeline.
    fileprivate func enter(
        _ event: BridgeEvent, of id: CallID, bridge: String, epoch: UInt64, now: Int64, into applied: inout AppliedEvent
    ) throws(PostgresError) {
        guard let (kind, detail) = event.change.timelineLine else { return }
        guard let call = try lockedCall(id) else {
            applied.mustHangUp = kind != .ended
            return
        }
        var ledger = CallLedger(call)
        let entry = ledger.enter(event.change, atMilliseconds: event.atMilliseconds)
        switch entry {
        case .advanced, .ended:
            // Before it is told of.
            try stamp(kind, of: id, at: event.atMilliseconds)
            var written = ledger.call
            // A call that was hung up because nothing more is to be had for it says so.
            if entry == .ended, detail.by == .limit, let cut = try guardCut(of: id) { written.reason = cut.reason }
            try write(written, ending: entry == .ended ? detail : nil, at: event.atMilliseconds, now: now)
            applied.call = written
        case .noted: break
        case .ignored:
            // Overtaken by a later state: its time is still worth having.
            try stamp(kind, of: id, at: event.atMilliseconds)
        case .late(let stillUp):
            applied.isLate = true
            applied.mustHangUp = stillUp
        }
        try note(event, kind: kind, detail, of: id, late: applied.isLate, bridge: bridge, epoch: epoch)
        applied.call = applied.call ?? ledger.call
    }

    /// When a state was first reached.
    private func stamp(_ kind: CallTimelineEntry.Kind, of call: CallID, at: Int64) throws(PostgresError) {
        switch kind {
        case .dialling:
            _ = try execute("UPDATE calls SET dialling_at = coalesce(dialling_at, instant($2)) WHERE id = $1", .id(call), .int(at))
        case .ringing:
            _ = try execute("UPDATE calls SET ringing_at = coalesce(ringing_at, instant($2)) WHERE id = $1", .id(call), .int(at))
        case .queued, .sent, .attached, .attempted, .answered, .ended:
            break
        }
    }

    /// Who is in a room. An earlier epoch's news can still end a stay, but not begin one.
    fileprivate func enter(
        _ change: BridgeEvent.Change, at: Int64, bridge: String, epoch: UInt64, isCurrent: Bool
    ) throws(PostgresError) {
        switch change {
        case .participantJoined(let room, let participant):
            guard isCurrent, case .peer(let peer) = participant.id else { return }
            try touch(room, now: at)
            _ = try execute(
                """
                INSERT INTO participants AS present (peer, room, joined_at, bridge, epoch) VALUES ($1, $2, instant($3), $4, $5)
                ON CONFLICT (peer) DO UPDATE
                    SET bridge = excluded.bridge, epoch = excluded.epoch,
                        left_at = CASE WHEN present.left_at >= excluded.joined_at THEN present.left_at END
                  WHERE present.room = excluded.room
                """, .id(peer), .id(room), .int(at), .text(bridge), .bits(epoch))
        case .participantLeft(let room, .peer(let peer)):
            try closeParticipant(peer, room: room, at: at)
        case .roomEnded(let room):
            _ = try execute(
                """
                UPDATE participants SET left_at = greatest(joined_at, instant($4))
                 WHERE room = $1 AND left_at IS NULL AND bridge = $2 AND epoch = $3 AND joined_at <= instant($4)
                """, .id(room), .text(bridge), .bits(epoch), .int(at))
        case .participantLeft(_, .call), .participantUpdated, .callDialling, .callRinging, .callAttempted, .callAnswered, .callEnded,
            .trunkUp, .trunkDown:
            break
        }
    }
}

extension PostgresTransaction {
    /// Who comes and goes. An earlier epoch's news can still end a stay, but not begin one.
    fileprivate func tellPresence(
        _ event: BridgeEvent, bridge: String, epoch: UInt64, isCurrent: Bool, now: Int64
    ) throws(PostgresError) {
        let at = event.atMilliseconds
        switch event.change {
        case .participantJoined(let room, let participant):
            if isCurrent { try arrive(participant, in: room, bridge: bridge, epoch: epoch, at: at, now: now) }
        case .participantLeft(let room, let participant):
            try depart(participant, from: room, bridge: bridge, epoch: epoch, at: at, now: now)
        case .roomEnded(let room): try departAll(from: room, bridge: bridge, epoch: epoch, at: at, now: now)
        case .participantUpdated, .callDialling, .callRinging, .callAttempted, .callAnswered, .callEnded, .trunkUp, .trunkDown: break
        }
    }
}

extension BridgeEvent.Change {
    /// How a call's event reads in its timeline; `nil` for a room's.
    fileprivate var timelineLine: (CallTimelineEntry.Kind, CallEventDetail)? {
        switch self {
        case .callDialling: (.dialling, CallEventDetail())
        case .callRinging(_, let earlyMedia): (.ringing, CallEventDetail(earlyMedia: earlyMedia))
        case .callAnswered: (.answered, CallEventDetail())
        case .callAttempted(_, let attempt):
            (
                .attempted,
                CallEventDetail(
                    text: attempt.detail, sipStatus: attempt.sipStatus, q850Cause: attempt.q850Cause, trunk: attempt.trunk,
                    startedAt: attempt.startedAt)
            )
        case .callEnded(_, let ending):
            (
                .ended,
                CallEventDetail(
                    outcome: ending.outcome, by: ending.by, text: ending.detail, sipStatus: ending.sipStatus,
                    q850Cause: ending.q850Cause, talkSeconds: ending.talkSeconds, quality: ending.quality)
            )
        case .participantJoined, .participantUpdated, .participantLeft, .roomEnded, .trunkUp, .trunkDown: nil
        }
    }
}
