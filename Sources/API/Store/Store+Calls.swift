import Domain
import LibPQ

extension Store {
    /// How long after its expiry a call that was given to a bridge may stay without a word from it, milliseconds: the bridge's lease.
    static let confirmationMilliseconds: Int64 = 15_000

    /// The same while the bridge's reports are not all in the books: five minutes.
    static let patienceMilliseconds: Int64 = 300_000

    /// How long a web side leaves another's expired calls to it, milliseconds.
    static let courtesyMilliseconds: Int64 = 10_000

    /// The calls of a room that have not ended, oldest first.
    public func liveCalls(in room: RoomSlug) async throws(StoreError) -> [CallSnapshot] {
        try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                "SELECT * FROM call_snapshots WHERE room = $1 AND state <> 'ended' ORDER BY queued_at, id", .id(room),
                read: PostgresTransaction.snapshot)
        }
    }

    /// The calls of these rooms that are up at another bridge than `bridge`, and those of `following` however they stand: their news are
    /// told by another web side to its own sockets only.
    public func callsElsewhere(
        than bridge: String, in rooms: [RoomSlug], following: [CallID]
    ) async throws(StoreError) -> [CallSnapshot] {
        try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT * FROM call_snapshots WHERE room = ANY($1) AND state <> 'ended' AND bridge <> $2
                UNION
                SELECT * FROM call_snapshots WHERE id = ANY($3)
                """, .texts(rooms.map(\.text)), .text(bridge), .texts(following.map(\.text)), read: PostgresTransaction.snapshot)
        }
    }

    public func call(_ id: CallID) async throws(StoreError) -> CallSnapshot? {
        try await transaction { transaction throws(PostgresError) in
            try transaction.row("SELECT * FROM call_snapshots WHERE id = $1", .id(id), read: PostgresTransaction.snapshot)
        }
    }

    /// Notes to whom a call is about to be sent. `false`: it expired or ended meanwhile, and must not be sent.
    ///
    /// Sending it again to the same epoch is allowed: the command's id is the same, so the bridge does it once.
    /// To another epoch it is not: the first one may have dialled.
    public func markSent(_ call: CallID, bridge: String, epoch: UInt64, now: Int64) async throws(StoreError) -> Bool {
        try await transaction { transaction throws(PostgresError) in
            let isFirst = try transaction.row(
                """
                SELECT bridge IS NULL AS first FROM calls
                 WHERE id = $1 AND state = 'queued' AND expires_at > instant($2)
                   AND (bridge IS NULL OR (bridge = $3 AND epoch = $4))
                   FOR UPDATE
                """, .id(call), .int(now), .text(bridge), .bits(epoch)
            ) { row throws(PostgresError) in try row.value("first", as: Bool.self) }
            guard let isFirst else { return false }
            if isFirst {
                _ = try transaction.execute(
                    "UPDATE calls SET bridge = $2, epoch = $3 WHERE id = $1", .id(call), .text(bridge), .bits(epoch))
                try transaction.note(.sent, of: call, at: now)
            }
            return true
        }
    }

    /// The calls that the (restarted) web side of `bridge` has still to send, or to send again since the bridge has said nothing, oldest first.
    ///
    /// A call belongs to the bridge at which its asker is; the web side of another has nobody there whom the phone could talk to.
    public func queuedCalls(bridge: String, now: Int64) async throws(StoreError) -> [(call: CallSnapshot, command: DialCommand)] {
        try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT * FROM call_snapshots snapshot
                 WHERE state = 'queued' AND expires_at > $1 AND command IS NOT NULL
                   AND coalesce(bridge, (SELECT asker.bridge FROM calls JOIN participants asker USING (peer) WHERE id = snapshot.id), $2) = $2
                 ORDER BY queued_at, id LIMIT 1000
                """, .int(now), .text(bridge)
            ) { row throws(PostgresError) in
                (call: try row.callSnapshot(), command: try JSONText.decode(DialCommand.self, try row.value("command")))
            }
        }
    }

    /// Ends what was queued and not sent in time, and what was sent and never confirmed, as `internal_error`; returns these calls.
    ///
    /// Those of another bridge than `bridge` only when its own web side, which would tell their askers, has not done it for a while.
    ///
    /// - Parameter isUpToDate: whether everything that the bridge has reported is in the books. Until then a call that was given to it may be
    ///   up, and is left alone for some minutes.
    public func expireQueued(bridge: String, isUpToDate: Bool, now: Int64) async throws(StoreError) -> [CallSnapshot] {
        try await transaction { transaction throws(PostgresError) in
            let expired = try transaction.rows(
                """
                SELECT * FROM call_snapshots snapshot
                 WHERE state = 'queued'
                   AND expires_at + (CASE WHEN bridge IS NULL THEN 0 ELSE $3 END)
                     + (CASE coalesce(bridge, (SELECT asker.bridge FROM calls JOIN participants asker USING (peer) WHERE id = snapshot.id), $2)
                             WHEN $2 THEN 0 ELSE $4 END) <= $1
                 ORDER BY id LIMIT 1000 FOR UPDATE
                """, .int(now), .text(bridge), .int(isUpToDate ? Self.confirmationMilliseconds : Self.patienceMilliseconds),
                .int(Self.courtesyMilliseconds),
                read: PostgresTransaction.snapshot)
            return try expired.map { call throws(PostgresError) in
                try transaction.close(call, .internalError, Self.expired, by: .system, now: now)
            }
        }
    }

    /// Ends a call from this side. `nil` if there is no such call or it has its outcome already, which stays.
    ///
    /// - Parameter bridge: whose web side asks. A call that was given to another bridge may be up there, and one of which the bridge has spoken
    ///   gets its end from it: both stay as they are. `nil`: whoever has it, and however it stands.
    public func failCall(
        _ id: CallID, outcome: CallOutcome, reason: CallReason?, by: CallParty, at bridge: String? = nil, now: Int64
    ) async throws(StoreError) -> CallSnapshot? {
        try await transaction { transaction throws(PostgresError) in
            guard let call = try transaction.lockedCall(id), call.state != .ended else { return nil }
            if let bridge {
                guard call.state == .queued, try !transaction.isElsewhere(id, than: bridge) else { return nil }
            }
            return try transaction.close(call, outcome, reason, by: by, now: now)
        }
    }

    /// Whether the call was given to another bridge than this one.
    public func isElsewhere(_ id: CallID, than bridge: String) async throws(StoreError) -> Bool {
        try await transaction { transaction throws(PostgresError) in try transaction.isElsewhere(id, than: bridge) }
    }

    private static let expired = CallReason(
        code: "expired", text: "The call could not be placed in time. Call again.")
}

extension PostgresTransaction {
    static let snapshot: @Sendable (borrowing PostgresRow) throws(PostgresError) -> CallSnapshot = {
        row throws(PostgresError) in try row.callSnapshot()
    }

    /// The call, held against every other change until the end of the transaction.
    func lockedCall(_ id: CallID) throws(PostgresError) -> CallSnapshot? {
        try row("SELECT * FROM call_snapshots WHERE id = $1 FOR UPDATE", .id(id), read: Self.snapshot)
    }

    /// Whether the call was given to another bridge.
    fileprivate func isElsewhere(_ call: CallID, than bridge: String) throws(PostgresError) -> Bool {
        try row("SELECT bridge <> $2 AS elsewhere FROM calls WHERE id = $1 AND bridge IS NOT NULL", .id(call), .text(bridge)) {
            row throws(PostgresError) in try row.value("elsewhere")
        } ?? false
    }

    /// Ends a locked, open call by a decision of this side, and says so in its timeline.
    func close(
        _ call: CallSnapshot, _ outcome: CallOutcome, _ reason: CallReason?, by: CallParty, now: Int64
    ) throws(PostgresError) -> CallSnapshot {
        var ledger = CallLedger(call)
        _ = ledger.close(outcome, reason: reason, atMilliseconds: now)
        try write(ledger.call, ending: CallEventDetail(outcome: outcome, by: by), at: now, now: now)
        try note(.ended, of: call.id, at: now, CallEventDetail(outcome: outcome, by: by, text: ledger.call.reason?.text))
        return ledger.call
    }

    /// Writes what the ledger made of an open call, and tells of its new state. The outcome is written once: a row that has one is not touched.
    ///
    /// - Parameter at: when it happened, milliseconds since 1970 UTC, as is `now`.
    func write(_ call: CallSnapshot, ending: CallEventDetail? = nil, at: Int64, now: Int64) throws(PostgresError) {
        let rows = try execute(
            """
            UPDATE calls
               SET state = $2, early_media = $3, outcome = $4, reason_code = $5, reason_text = $6, answered_at = instant($7),
                   ended_at = instant($8), talk_seconds = $9, ended_by = $10, sip_status = $11, q850_cause = $12, quality = $13
             WHERE id = $1 AND outcome IS NULL
            """,
            .id(call.id), .text(call.state.rawValue), .bool(call.earlyMedia), .optional(call.outcome?.rawValue),
            .optional(call.reason?.code), call.reason.map { .prose($0.text) } ?? .null, .optional(call.answeredAt),
            .optional(call.endedAt), .int(Int64(call.talkSeconds)), .optional(ending?.by?.rawValue),
            .optional(ending?.sipStatus), .optional(ending?.q850Cause),
            .optional(try ending?.quality.map { quality throws(PostgresError) in try JSONText.encode(quality) }))
        guard rows == 1 else { throw PostgresError(.fault, "the call had ended under its lock") }
        try publish(call, at: at, now: now)
        if let quality = ending?.quality { try publish(quality, of: call, at: at, now: now) }
    }
}
