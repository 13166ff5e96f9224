import Domain
import LibPQ

/// How many trunks can be reached, as the bridges that are there have told last.
public struct TrunkHealthSummary: Sendable, Equatable {
    /// Every bridge that has told of it reaches it.
    public var up: Int
    /// At least one bridge cannot reach it.
    public var down: Int
    /// Nobody has asked it yet, or it is not to be asked.
    public var unknown: Int
    public var disabled: Int
    /// Those that may be used.
    public var enabled: Int { up + down + unknown }

    public init(up: Int, down: Int, unknown: Int, disabled: Int) {
        self.up = up
        self.down = down
        self.unknown = unknown
        self.disabled = disabled
    }
}

extension Store {
    /// Counts the trunks by whether they can be reached. Names none.
    public func trunkHealth() async throws(StoreError) -> TrunkHealthSummary {
        let summary = try await transaction { transaction throws(PostgresError) in
            try transaction.row(
                """
                SELECT count(*) FILTER (WHERE NOT enabled) AS disabled, count(*) FILTER (WHERE enabled AND down) AS down,
                       count(*) FILTER (WHERE enabled AND up AND NOT down) AS up, count(*) FILTER (WHERE enabled AND NOT up AND NOT down) AS unknown
                  FROM (SELECT enabled,
                               EXISTS (SELECT FROM trunk_health health JOIN bridges ON bridges.id = health.bridge
                                        WHERE health.trunk = trunks.id AND health.state = 'up'
                                          AND bridges.last_contact > (SELECT max(last_contact) FROM bridges) - interval '1 minute') AS up,
                               EXISTS (SELECT FROM trunk_health health JOIN bridges ON bridges.id = health.bridge
                                        WHERE health.trunk = trunks.id AND health.state = 'down'
                                          AND bridges.last_contact > (SELECT max(last_contact) FROM bridges) - interval '1 minute') AS down
                          FROM trunks) counted
                """
            ) { row throws(PostgresError) in
                TrunkHealthSummary(
                    up: try row.value("up"), down: try row.value("down"), unknown: try row.value("unknown"), disabled: try row.value("disabled"))
            }
        }
        return summary ?? TrunkHealthSummary(up: 0, down: 0, unknown: 0, disabled: 0)
    }
}

extension PostgresTransaction {
    /// All trunks, as far as the choice among them looks at them. One counts as down if no bridge that is there reaches it.
    func trunkCandidates() throws(PostgresError) -> [TrunkChoice.Candidate] {
        try rows(
            """
            SELECT id, enabled, priority, prefixes, coalesce(health.down, false) AS down
              FROM trunks LEFT JOIN (
                   SELECT trunk, bool_and(state = 'down') AS down FROM trunk_health JOIN bridges ON bridges.id = trunk_health.bridge
                    WHERE last_contact > (SELECT max(last_contact) FROM bridges) - interval '1 minute'
                    GROUP BY trunk) health ON health.trunk = trunks.id
            """
        ) { row throws(PostgresError) in
            TrunkChoice.Candidate(
                id: try row.domain("id", TrunkID.init), isEnabled: try row.value("enabled"), priority: try row.value("priority"),
                prefixes: try row.value("prefixes", as: [String].self).compactMap { NumberPrefix($0) }, isDown: try row.value("down"))
        }
    }

    /// Enters what a bridge has found out of a trunk, and tells of it if that was not known before: in the same transaction.
    ///
    /// What an earlier start of the bridge has left comes in its order, before the news of the present one.
    func enter(_ change: BridgeEvent.Change, of trunk: TrunkID, bridge: String, now: Int64) throws(PostgresError) {
        let state: TrunkState
        let check: TrunkCheck
        switch change {
        case .trunkUp(let found): (state, check) = (.up, found)
        case .trunkDown(let found): (state, check) = (.down, found)
        case .participantJoined, .participantUpdated, .participantLeft, .roomEnded, .callDialling, .callRinging, .callAnswered, .callAttempted,
            .callEnded:
            return
        }
        // Held against deletion; a trunk that is gone or switched off by now is nobody's concern any more.
        let known = try row("SELECT name, host FROM trunks WHERE id = $1 AND enabled FOR KEY SHARE", .id(trunk)) { row throws(PostgresError) in
            (name: try row.value("name", as: String.self), host: try row.value("host", as: String.self))
        }
        guard let known else { return }
        let sequence = try row(
            """
            INSERT INTO trunk_health AS health (trunk, bridge, state, since, "check", sequence) VALUES ($1, $2, $3, instant($4), $5::jsonb, 1)
            ON CONFLICT (trunk, bridge) DO UPDATE
                SET state = excluded.state, since = excluded.since, "check" = excluded."check", sequence = health.sequence + 1
              WHERE health.state <> excluded.state
            RETURNING sequence
            """, .id(trunk), .text(bridge), .text(state.rawValue), .int(check.at), .text(try JSONText.encode(check))
        ) { row throws(PostgresError) in try row.value("sequence", as: Int.self) }
        guard sequence != nil else { return }
        let data = TrunkEventData(id: trunk, name: known.name, host: known.host, bridge: bridge, state: state, check: check)
        try tell(state == .up ? .trunkUp : .trunkDown, about: .trunk(trunk), at: check.at, now: now, data: data)
    }

    /// What was known of a trunk that is elsewhere now, or not asked any more, is forgotten.
    func forgetHealth(of trunk: TrunkID, now: Int64) throws(PostgresError) {
        _ = try execute(
            """
            UPDATE trunk_health SET state = 'unknown', since = instant($2), "check" = NULL WHERE trunk = $1 AND state <> 'unknown'
            """, .id(trunk), .int(now))
    }
}
