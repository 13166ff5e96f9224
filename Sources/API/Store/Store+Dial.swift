import Domain
import LibPQ

extension Store {
    /// Decides a dial, exactly once, and writes the decision down, in one transaction under the room's lock.
    ///
    /// A dial that cannot be routed is a call too: it is written with its outcome and its reason, and nothing goes out.
    /// Repeated with the same load and key, it gives the same call.
    public func dial(
        _ request: DialRequest, now: Int64, limits: DialLimits = DialLimits(), generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> DialVerdict {
        let id = CallID(random: &generator)
        return try await transaction { transaction throws(PostgresError) in
            // Two loads that claim to be one meet in different rooms only if somebody cheats, but then the first one counts, too.
            // Always before the room's lock, so that nobody waits for the other way round.
            _ = try transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 1))", .id(request.load))
            try transaction.touch(request.room, now: now)
            switch DialOnce.decide(request, try transaction.dialFacts(request)) {
            case .known(let call):
                return .known(call)
            case .alreadyFired:
                return .alreadyFired
            case .attach(let call):
                try transaction.attach(request, to: call, now: now)
                return .attached(call)
            case .place:
                return try transaction.place(request, id: id, now: now, limits: limits)
            }
        }
    }
}

extension PostgresTransaction {
    fileprivate func dialFacts(_ request: DialRequest) throws(PostgresError) -> DialOnce.Facts {
        DialOnce.Facts(
            sameKey: try row(
                """
                SELECT * FROM call_snapshots WHERE load = $1 AND key = $2
                UNION ALL
                SELECT call.* FROM call_snapshots call JOIN attached_dials dial ON dial.call = call.id
                 WHERE dial.load = $1 AND dial.key = $2
                 LIMIT 1
                """, .id(request.load), .id(request.key), read: Self.snapshot),
            live: try row(
                """
                SELECT * FROM call_snapshots WHERE room = $1 AND target = $2 AND state <> 'ended' ORDER BY queued_at LIMIT 1
                """, .id(request.room), .text(request.target.text), read: Self.snapshot),
            ownLinkCall: try row(
                """
                SELECT * FROM call_snapshots WHERE load = $1 AND origin = 'url'
                UNION ALL
                SELECT call.* FROM call_snapshots call JOIN attached_dials dial ON dial.call = call.id
                 WHERE dial.load = $1 AND dial.origin = 'url'
                 LIMIT 1
                """, .id(request.load), read: Self.snapshot),
            firedByAnother: try row(
                """
                SELECT EXISTS (
                    SELECT FROM calls fired JOIN participants present ON present.load = fired.load AND present.room = fired.room
                     WHERE fired.room = $1 AND fired.target = $2 AND fired.origin = 'url' AND fired.load <> $3
                       AND present.left_at IS NULL) AS fired
                """, .id(request.room), .text(request.target.text), .id(request.load)
            ) { row throws(PostgresError) in try row.value("fired") } ?? false)
    }

    fileprivate func attach(_ request: DialRequest, to call: CallSnapshot, now: Int64) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO attached_dials (load, key, call, origin, attached_at) VALUES ($1, $2, $3, $4, instant($5))
            """, .id(request.load), .id(request.key), .id(call.id), .text(request.origin.rawValue), .int(now))
        try note(.attached, of: call.id, at: now)
    }

    fileprivate func place(
        _ request: DialRequest, id: CallID, now: Int64, limits: DialLimits
    ) throws(PostgresError) -> DialVerdict {
        var queued = CallSnapshot(
            id: id, room: request.room, target: request.target, trunk: request.trunk, label: request.target.maskedForGuests,
            state: .queued, earlyMedia: false, outcome: nil, reason: nil, origin: request.origin, load: request.load,
            key: request.key, queuedAt: now, expiresAt: now + Int64(limits.expirySeconds) * 1_000, answeredAt: nil, endedAt: nil,
            talkSeconds: 0)

        switch DialRouting.decide(request.target, try routingFacts(request), trunk: request.trunk) {
        case .route(let route, let label):
            queued.label = label
            let command = DialCommand(
                call: id, room: request.room, target: route, label: label, graceSeconds: limits.graceSeconds,
                maximumSeconds: limits.maximumSeconds, ringSeconds: limits.ringSeconds, peer: request.peer)
            try insert(queued, peer: request.peer, command: command)
            try note(.queued, of: id, at: now)
            return .placed(queued, command)
        case .refused(let outcome, let reason):
            var ledger = CallLedger(queued)
            _ = ledger.close(outcome, reason: reason, atMilliseconds: now)
            try insert(ledger.call, peer: request.peer, command: nil)
            try note(.ended, of: id, at: now, CallEventDetail(outcome: outcome, by: .system, text: reason.text))
            return .refused(ledger.call)
        }
    }

    /// Where the target could lead at this moment. A virtual number's digits are no extension's, and only a telephone number needs trunks.
    private func routingFacts(_ request: DialRequest) throws(PostgresError) -> DialRouting.Facts {
        switch request.target {
        case .short(let digits):
            let name = try row("SELECT display_name FROM extensions WHERE number = $1", .text(digits)) { row throws(PostgresError) in
                try row.value("display_name", as: String.self)
            }
            return DialRouting.Facts(number: try number(digits), extensionName: name)
        case .e164:
            let trunks = try rows("SELECT id, enabled, priority, prefixes FROM trunks") { row throws(PostgresError) in
                TrunkChoice.Candidate(
                    id: try row.domain("id", TrunkID.init), isEnabled: try row.value("enabled"), priority: try row.value("priority"),
                    prefixes: try row.value("prefixes", as: [String].self).compactMap { NumberPrefix($0) })
            }
            guard request.trunk == nil, trunks.count > 1 else { return DialRouting.Facts(trunks: trunks) }
            let turn = try row("SELECT nextval('trunk_turns') AS turn") { row throws(PostgresError) in try row.value("turn", as: Int64.self) }
            return DialRouting.Facts(trunks: trunks, turn: UInt64(clamping: turn ?? 0))
        }
    }

    private func insert(_ call: CallSnapshot, peer: PeerID, command: DialCommand?) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO calls (id, room, target, trunk, label, state, outcome, reason_code, reason_text, ended_by, origin, load, key,
                               peer, queued_at, expires_at, ended_at, command)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, instant($15), instant($16), instant($17), $18)
            """,
            .id(call.id), .id(call.room), .text(call.target.text), .optional(call.trunk?.text), .text(call.label),
            .text(call.state.rawValue), .optional(call.outcome?.rawValue), .optional(call.reason?.code),
            .optional(call.reason?.text), .optional(call.outcome.map { _ in CallParty.system.rawValue }),
            .text(call.origin.rawValue), .id(call.load), .id(call.key), .id(peer), .int(call.queuedAt), .int(call.expiresAt),
            .optional(call.endedAt), .optional(try command.map { command throws(PostgresError) in try JSONText.encode(command) }))
    }
}
