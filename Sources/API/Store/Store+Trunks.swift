import Domain
import LibPQ

/// What came of making or changing a trunk.
public enum TrunkChange: Sendable, Equatable {
    case done(Trunk)
    case missing
    /// The trunk is not at the version that the caller expects.
    case outdated
    /// The settings would not do together.
    case refused(TrunkPatch.Refusal)
    /// There are as many as there may be.
    case full
}

extension Store {
    /// Makes a trunk; a password in `patch` is sealed.
    public func createTrunk(
        _ settings: TrunkSettings, _ patch: TrunkPatch, now: Int64, generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> TrunkChange {
        let id = TrunkID(random: &generator)
        let new: TrunkSettings
        do throws(TrunkPatch.Refusal) {
            new = try patch.applied(to: settings, hasPassword: false)
        } catch {
            return .refused(error)
        }
        let password = try sealed(patch.password, of: id, &generator)
        return try await transaction { transaction throws(PostgresError) in
            guard try transaction.count("SELECT count(*) FROM trunks") < Trunk.limit else { return .full }
            _ = try transaction.execute(
                """
                INSERT INTO trunks (id, name, enabled, host, port, transport, username, password, from_user, caller_ids, priority, max_calls,
                                    prefixes, codecs, latch_rtp, max_calls_out, calls_per_second, rewrite, options_interval, created_at,
                                    updated_at)
                VALUES ($1, $2, $3, $4, $5, 'udp', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17::jsonb, $18, instant($19), instant($19))
                """,
                .id(id), .id(new.name), .bool(new.isEnabled), .id(new.host), .int(Int64(new.port)), .optional(new.username?.text),
                password.applied(to: nil).map { .bytes($0) } ?? .null, .optional(new.fromUser?.text), .texts(new.callerIDs.map(\.text)),
                .int(Int64(new.priority)), .optional(new.maximumCalls), .texts(new.prefixes.map(\.text)), .texts(new.codecs.map(\.rawValue)),
                .bool(new.latchesRTP), .optional(new.maximumOutgoingCalls), .optional(new.callsPerSecond),
                .text(try JSONText.encode(new.rewriting)), .optional(new.optionsInterval), .int(now))
            return .done(Trunk(id: id, version: 1, settings: new, createdAt: now, updatedAt: now))
        }
    }

    /// Changes what `patch` names, if the trunk is as `condition` expects it.
    public func updateTrunk(
        _ id: TrunkID, _ patch: TrunkPatch, if condition: VersionCondition = .any, now: Int64, generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> TrunkChange {
        let password = try sealed(patch.password, of: id, &generator)
        return try await transaction { transaction throws(PostgresError) in
            let known = try transaction.row(
                "SELECT trunks.*, milliseconds(created_at) AS created, milliseconds(updated_at) AS updated FROM trunks WHERE id = $1 FOR UPDATE",
                .id(id)
            ) { row throws(PostgresError) in (try row.trunk(), try row.optional("password", as: [UInt8].self)) }
            guard let (trunk, kept) = known else { return .missing }
            guard condition.holds(for: trunk.version) else { return .outdated }
            let new: TrunkSettings
            do throws(TrunkPatch.Refusal) {
                new = try patch.applied(to: trunk.settings, hasPassword: kept != nil)
            } catch {
                return .refused(error)
            }
            // Without its username a password is of no use.
            let secret = new.username == nil ? nil : password.applied(to: kept)
            _ = try transaction.execute(
                """
                UPDATE trunks
                   SET version = version + 1, name = $2, enabled = $3, host = $4, port = $5, username = $6, password = $7, from_user = $8,
                       caller_ids = $9, priority = $10, max_calls = $11, prefixes = $12, codecs = $13, latch_rtp = $14, max_calls_out = $15,
                       calls_per_second = $16, rewrite = $17::jsonb, options_interval = $18, updated_at = instant($19)
                 WHERE id = $1
                """,
                .id(id), .id(new.name), .bool(new.isEnabled), .id(new.host), .int(Int64(new.port)), .optional(new.username?.text),
                secret.map { .bytes($0) } ?? .null, .optional(new.fromUser?.text), .texts(new.callerIDs.map(\.text)),
                .int(Int64(new.priority)), .optional(new.maximumCalls), .texts(new.prefixes.map(\.text)), .texts(new.codecs.map(\.rawValue)),
                .bool(new.latchesRTP), .optional(new.maximumOutgoingCalls), .optional(new.callsPerSecond),
                .text(try JSONText.encode(new.rewriting)), .optional(new.optionsInterval), .int(now))
            if !new.isWatched(as: trunk.settings) { try transaction.forgetHealth(of: id, now: now) }
            return .done(Trunk(id: id, version: trunk.version + 1, settings: new, createdAt: trunk.createdAt, updatedAt: now))
        }
    }

    public func trunk(_ id: TrunkID) async throws(StoreError) -> Trunk? {
        try await transaction { transaction throws(PostgresError) in
            try transaction.row(
                "SELECT trunks.*, milliseconds(created_at) AS created, milliseconds(updated_at) AS updated FROM trunks WHERE id = $1", .id(id)
            ) { row throws(PostgresError) in try row.trunk() }
        }
    }

    public func trunks(_ page: PageRequest) async throws(StoreError) -> Page<Trunk> {
        let wanted = page.parameters
        let rows = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT trunks.*, milliseconds(created_at) AS created, milliseconds(updated_at) AS updated FROM trunks
                 WHERE $1::bigint IS NULL OR (created_at, id) < (instant($1), $2) ORDER BY created_at DESC, id DESC LIMIT $3
                """, wanted.at, wanted.id, wanted.rows
            ) { row throws(PostgresError) in try row.trunk() }
        }
        return page.page(of: rows) { PageCursor(at: $0.createdAt, id: $0.id.text) }
    }

    /// Forgets a trunk; calls that are up on it stay up.
    public func deleteTrunk(_ id: TrunkID, if condition: VersionCondition = .any) async throws(StoreError) -> RowChange<TrunkID> {
        try await transaction { transaction throws(PostgresError) in
            let version = try transaction.row("SELECT version FROM trunks WHERE id = $1 FOR UPDATE", .id(id)) { row throws(PostgresError) in
                try row.value("version", as: Int64.self)
            }
            guard let version else { return .missing }
            guard condition.holds(for: version) else { return .outdated }
            _ = try transaction.execute("DELETE FROM trunks WHERE id = $1", .id(id))
            return .changed(id)
        }
    }

    private func sealed(
        _ password: FieldChange<TrunkPassword>, of id: TrunkID, _ generator: inout some RandomNumberGenerator
    ) throws(StoreError) -> FieldChange<[UInt8]> {
        switch password {
        case .keep: .keep
        case .clear: .clear
        case .set(let password): .set(try seal(Array(password.text.utf8), for: Self.passwordPlace(id), using: &generator))
        }
    }

    static func passwordPlace(_ id: TrunkID) -> AtRestKeyring.Place { .init(table: "trunks", column: "password", row: id.text) }
}

extension PostgresTransaction {
    func count(_ query: StaticString) throws(PostgresError) -> Int {
        try row(query) { row throws(PostgresError) in try row.value("count", as: Int.self) } ?? 0
    }
}

extension PostgresRow {
    fileprivate func trunk() throws(PostgresError) -> Trunk {
        Trunk(
            id: try domain("id", TrunkID.init), version: try value("version"), settings: try trunkSettings(), createdAt: try value("created"),
            updatedAt: try value("updated"))
    }

    func trunkSettings() throws(PostgresError) -> TrunkSettings {
        var settings = TrunkSettings(name: try domain("name", ShortLabel.init), host: try domain("host", HostName.init))
        settings.isEnabled = try value("enabled")
        settings.port = try domain("port") { UInt16($0) }
        settings.transport = try domain("transport", TrunkSettings.Transport.init)
        settings.username = try optionalDomain("username", DigestUsername.init)
        settings.fromUser = try optionalDomain("from_user", SIPUser.init)
        settings.callerIDs = try value("caller_ids", as: [String].self).compactMap { E164Number($0) }
        settings.priority = try value("priority")
        settings.maximumCalls = try optional("max_calls")
        settings.maximumOutgoingCalls = try optional("max_calls_out")
        settings.callsPerSecond = try optional("calls_per_second")
        settings.rewriting = try JSONText.decode(NumberRewriting.self, try value("rewrite"))
        settings.optionsInterval = try optional("options_interval")
        settings.prefixes = try value("prefixes", as: [String].self).compactMap { NumberPrefix($0) }
        settings.codecs = try value("codecs", as: [String].self).compactMap { TelephoneCodec(rawValue: $0) }
        settings.latchesRTP = try value("latch_rtp")
        return settings
    }
}
