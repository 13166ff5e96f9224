import Domain
import LibPQ

/// What follows from meeting a bridge.
public struct BridgeEpoch: Sendable, Equatable {
    /// Every event up to this position is applied: the stream is read on after it.
    public var acknowledged: UInt64
    /// Calls that ended with the bridge's earlier start.
    public var ended: [CallSnapshot]
    /// Calls that are up at the bridge although their books are closed (or were never opened): they are to be hung up.
    public var hangUp: [CallID]

    public init(acknowledged: UInt64, ended: [CallSnapshot], hangUp: [CallID]) {
        self.acknowledged = acknowledged
        self.ended = ended
        self.hangUp = hangUp
    }
}

extension Store {
    /// Takes note of a bridge that said hello. What belonged to another start of it is over.
    ///
    /// An open call of this epoch that is not among `liveCalls` is left alone: its end is an event that is still on its way.
    public func beginEpoch(
        bridge: String, epoch: UInt64, liveCalls: [CallID], now: Int64
    ) async throws(StoreError) -> BridgeEpoch {
        try await transaction { transaction throws(PostgresError) in
            let known = try transaction.lockedBridge(bridge)
            if known?.epoch != epoch {
                try transaction.start(bridge: bridge, epoch: epoch, now: now)
            }
            _ = try transaction.execute("UPDATE bridges SET last_contact = instant($2) WHERE id = $1", .text(bridge), .int(now))
            // Rooms are locked before their calls, as a dial does it.
            try transaction.departAll(ofBridge: bridge, exceptOf: epoch, now: now)
            let ended = try transaction.endCalls(ofOtherEpochsThan: epoch, bridge: bridge, now: now)
            try transaction.closeParticipants(ofOtherEpochsThan: epoch, bridge: bridge, now: now)
            return BridgeEpoch(
                acknowledged: known?.epoch == epoch ? known?.acknowledged ?? 0 : 0, ended: ended,
                hangUp: try transaction.closed(liveCalls))
        }
    }

    /// Ends the calls of a bridge that has not been heard of for its lease.
    ///
    /// Its epoch, its acknowledgement and who is present there stay: it may come back as the one it was, and its events with it.
    public func endCalls(ofLostBridge bridge: String, now: Int64) async throws(StoreError) -> [CallSnapshot] {
        try await transaction { transaction throws(PostgresError) in
            _ = try transaction.lockedBridge(bridge)
            return try transaction.endAllCalls(bridge: bridge, now: now)
        }
    }

    /// Notes that `bridge` was heard of just now, if it was, and tells when each other bridge was that still has something open.
    ///
    /// - Returns: milliseconds since 1970 UTC, by the clock of the web side that heard of it.
    public func contacts(notingOwn bridge: String, isAlive: Bool, now: Int64) async throws(StoreError) -> [String: Int64] {
        try await transaction { transaction throws(PostgresError) in
            if isAlive {
                _ = try transaction.execute(
                    "UPDATE bridges SET last_contact = greatest(last_contact, instant($2)) WHERE id = $1", .text(bridge), .int(now))
            }
            let others = try transaction.rows(
                """
                SELECT id, milliseconds(last_contact) AS contact FROM bridges other
                 WHERE id <> $1
                   AND (EXISTS (SELECT FROM calls WHERE calls.bridge = other.id AND state <> 'ended')
                        OR EXISTS (SELECT FROM participants WHERE participants.bridge = other.id AND left_at IS NULL))
                """, .text(bridge)
            ) { row throws(PostgresError) in (id: try row.value("id", as: String.self), contact: try row.value("contact", as: Int64.self)) }
            return Dictionary(uniqueKeysWithValues: others.map { ($0.id, $0.contact) })
        }
    }

    /// Closes the books of a bridge whose own web side is gone with it: its calls, which are returned, and who was there.
    /// Nothing if it was heard of since `contact`; if it comes back nevertheless, what is still up there is ordered down at its hello.
    public func abandon(_ bridge: String, silentSince contact: Int64, now: Int64) async throws(StoreError) -> [CallSnapshot] {
        try await transaction { transaction throws(PostgresError) in
            let isSilent = try transaction.row(
                "SELECT milliseconds(last_contact) = $2 AS silent FROM bridges WHERE id = $1 FOR UPDATE", .text(bridge), .int(contact)
            ) { row throws(PostgresError) in try row.value("silent", as: Bool.self) }
            guard isSilent == true else { return [] }
            _ = try transaction.execute(
                "UPDATE participants SET left_at = greatest(joined_at, instant($2)) WHERE bridge = $1 AND left_at IS NULL", .text(bridge), .int(now))
            try transaction.departAll(ofBridge: bridge, exceptOf: nil, now: now)
            return try transaction.endAllCalls(bridge: bridge, now: now)
        }
    }

    fileprivate static let lost = CallReason(
        code: "bridge_lost", text: "The telephone service could not be reached any more. Call again.")
    fileprivate static let restarted = CallReason(
        code: "bridge_restarted", text: "The telephone service was restarted during the call. Call again.")
    /// A browser that was let in and not confirmed within this time, milliseconds, never came through.
    fileprivate static let confirmationOfJoin: Int64 = 60_000
    /// How long the marks of an earlier epoch's events are kept, milliseconds.
    fileprivate static let marksKept: Int64 = 24 * 3_600_000
}

/// A row of `bridges`.
struct KnownBridge {
    var epoch: UInt64
    var acknowledged: UInt64
}

extension PostgresTransaction {
    /// The bridge, held until the end of the transaction: its events are applied one after the other, and never beside a hello.
    func lockedBridge(_ id: String) throws(PostgresError) -> KnownBridge? {
        try row("SELECT epoch, acknowledged FROM bridges WHERE id = $1 FOR UPDATE", .text(id)) { row throws(PostgresError) in
            KnownBridge(
                epoch: UInt64(bitPattern: try row.value("epoch", as: Int64.self)),
                acknowledged: UInt64(bitPattern: try row.value("acknowledged", as: Int64.self)))
        }
    }

    fileprivate func start(bridge: String, epoch: UInt64, now: Int64) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO bridges (id, epoch, last_contact) VALUES ($1, $2, instant($3))
            ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, acknowledged = 0
            """, .text(bridge), .bits(epoch), .int(now))
        _ = try execute(
            "DELETE FROM bridge_events_applied WHERE bridge = $1 AND epoch <> $2 AND applied_at < instant($3)", .text(bridge),
            .bits(epoch), .int(now - Store.marksKept))
    }

    fileprivate func endCalls(
        ofOtherEpochsThan epoch: UInt64, bridge: String, now: Int64
    ) throws(PostgresError) -> [CallSnapshot] {
        let open = try rows(
            "SELECT * FROM call_snapshots WHERE bridge = $1 AND epoch <> $2 AND state <> 'ended' ORDER BY id FOR UPDATE",
            .text(bridge), .bits(epoch), read: Self.snapshot)
        return try open.map { call throws(PostgresError) in
            try close(call, .internalError, Store.restarted, by: .system, now: now)
        }
    }

    fileprivate func endAllCalls(bridge: String, now: Int64) throws(PostgresError) -> [CallSnapshot] {
        let open = try rows(
            "SELECT * FROM call_snapshots WHERE bridge = $1 AND state <> 'ended' ORDER BY id FOR UPDATE", .text(bridge), read: Self.snapshot)
        return try open.map { call throws(PostgresError) in
            try close(call, .internalError, Store.lost, by: .system, now: now)
        }
    }

    fileprivate func closeParticipants(
        ofOtherEpochsThan epoch: UInt64, bridge: String, now: Int64
    ) throws(PostgresError) {
        _ = try execute(
            """
            UPDATE participants SET left_at = greatest(joined_at, instant($3))
             WHERE left_at IS NULL
               AND ((bridge = $1 AND epoch <> $2) OR (bridge IS NULL AND joined_at < instant($4)))
            """, .text(bridge), .bits(epoch), .int(now), .int(now - Store.confirmationOfJoin))
    }

    /// Those of `calls` that have no open books.
    fileprivate func closed(_ calls: [CallID]) throws(PostgresError) -> [CallID] {
        let open = try rows(
            "SELECT id FROM calls WHERE id = ANY($1) AND state <> 'ended'", .texts(calls.map(\.text))
        ) { row throws(PostgresError) in try row.domain("id", CallID.init) }
        let openSet = Set(open)
        return calls.filter { !openSet.contains($0) }
    }
}
