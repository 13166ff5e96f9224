import Domain
import LibPQ

extension PostgresTransaction {
    /// The link that grants this dial, its row locked; `nil` for a dial that no link grants.
    ///
    /// A random link is known by its room, which nobody enters who was not given it; a signed one by what the browser joined with.
    func linkGrant(_ request: DialRequest, now: Int64) throws(PostgresError) -> LinkGrant? {
        if let hidden = request.hidden {
            guard let row = try lockedHiddenLink(hidden, room: request.room) else { return nil }
            return try grant(row, signed: nil, hidesNumber: true, now: now)
        }
        if let signed = request.signed, signed.room == request.room {
            try remember(signed, now: now)
            guard let row = try lockedLink(signed.id, room: request.room) else { return nil }
            let isItsNumber = signed.link.dial == request.target && signed.link.trunk == request.trunk
            if isItsNumber || row.covers(request) { return try grant(row, signed: signed, now: now) }
        }
        guard let row = try lockedRandomLink(in: request.room), row.grants(request) || row.covers(request) else { return nil }
        return try grant(row, signed: nil, now: now)
    }

    /// Makes sure that a signed link has a row: one that was signed elsewhere gets it when it is first seen.
    func remember(_ signed: SignedLink, now: Int64) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO links (id, kind, minted, room, name, target, trunk, camera, signing_key, not_before, expires_at, created_at)
            VALUES ($1, 'signed', false, $2, $3, $4, $5, $6, $7, instant($8), instant($9), instant($10)) ON CONFLICT DO NOTHING
            """,
            .id(signed.id), .id(signed.room), .optional(signed.link.name?.text), .optional(signed.link.dial?.text),
            .optional(signed.link.trunk?.text), .bool(signed.link.camera), .id(signed.key), .optional(signed.notBefore.map { $0 * 1_000 }),
            .optional(signed.expiresAt.map { $0 * 1_000 }), .int(now))
    }

    private func grant(_ row: LinkRow, signed: SignedLink?, hidesNumber: Bool = false, now: Int64) throws(PostgresError) -> LinkGrant {
        var fault = signed?.fault(now: now) ?? row.fault(now: now)
        if fault == nil, let signed, try !isKeyValid(signed.key, now: now) { fault = .keyUnknown }
        let used = try self.row("SELECT count(*) AS count FROM calls WHERE link = $1 AND command IS NOT NULL", .id(row.id)) {
            row throws(PostgresError) in try row.value("count", as: Int.self)
        }
        return LinkGrant(
            id: row.id, maximumSeconds: row.maximumSeconds, maximumUses: row.maximumUses, used: used ?? 0, hidesNumber: hidesNumber,
            callerID: row.callerID, fault: fault)
    }

    private func isKeyValid(_ key: SigningKeyID, now: Int64) throws(PostgresError) -> Bool {
        try row(
            "SELECT revoked_at IS NULL AND coalesce(instant($2) < retires_at, true) AS valid FROM signing_keys WHERE id = $1", .id(key), .int(now)
        ) { row throws(PostgresError) in try row.value("valid", as: Bool.self) } ?? false
    }

    private func lockedHiddenLink(_ id: LinkID, room: RoomSlug) throws(PostgresError) -> LinkRow? {
        try row(
            """
            SELECT id, room, target, trunk, slug, caller_id, milliseconds(not_before) AS not_before, milliseconds(expires_at) AS expires_at,
                   max_uses, max_seconds, destinations, milliseconds(revoked_at) AS revoked_at
              FROM links WHERE id = $1 AND room = $2 AND slug IS NOT NULL FOR UPDATE
            """, .id(id), .id(room)
        ) { row throws(PostgresError) in try LinkRow(row) }
    }

    private func lockedLink(_ id: LinkID, room: RoomSlug) throws(PostgresError) -> LinkRow? {
        try row(
            """
            SELECT id, room, target, trunk, slug, caller_id, milliseconds(not_before) AS not_before, milliseconds(expires_at) AS expires_at,
                   max_uses, max_seconds, destinations, milliseconds(revoked_at) AS revoked_at
              FROM links WHERE id = $1 AND room = $2 AND kind = 'signed' FOR UPDATE
            """, .id(id), .id(room)
        ) { row throws(PostgresError) in try LinkRow(row) }
    }

    func lockedRandomLink(in room: RoomSlug) throws(PostgresError) -> LinkRow? {
        try row(
            """
            SELECT id, room, target, trunk, slug, caller_id, milliseconds(not_before) AS not_before, milliseconds(expires_at) AS expires_at,
                   max_uses, max_seconds, destinations, milliseconds(revoked_at) AS revoked_at
              FROM links WHERE room = $1 AND kind = 'random' FOR UPDATE
            """, .id(room)
        ) { row throws(PostgresError) in try LinkRow(row) }
    }
}

/// What a dial needs to know of a row of `links`.
struct LinkRow {
    var id: LinkID
    var room: RoomSlug
    var target: DialTarget?
    var trunk: TrunkID?
    var hidesNumber: Bool
    var callerID: E164Number?
    var notBefore: Int64?
    var expiresAt: Int64?
    var maximumUses: Int?
    var maximumSeconds: Int?
    var destinations: [String]
    var revokedAt: Int64?

    init(_ row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.domain("id", LinkID.init)
        room = try row.domain("room", RoomSlug.init)
        target = try row.optionalDomain("target", DialTarget.init(stored:))
        trunk = try row.optionalDomain("trunk", TrunkID.init)
        hidesNumber = try row.optional("slug", as: String.self) != nil
        callerID = try row.optionalDomain("caller_id", E164Number.init)
        notBefore = try row.optional("not_before")
        expiresAt = try row.optional("expires_at")
        maximumUses = try row.optional("max_uses")
        maximumSeconds = try row.optional("max_seconds")
        destinations = try row.value("destinations")
        revokedAt = try row.optional("revoked_at")
    }

    /// Whether it is the link's own number. Not of a hidden one: whoever guesses it must not learn by the answer that it was right.
    func grants(_ request: DialRequest) -> Bool { !hidesNumber && target == request.target && trunk == request.trunk }

    /// Whether its further destinations hold the number.
    func covers(_ request: DialRequest) -> Bool {
        guard case .e164(let number) = request.target, request.trunk == trunk else { return false }
        return destinations.contains(where: number.hasPrefix)
    }

    func fault(now: Int64) -> LinkFault? {
        if revokedAt != nil { return .revoked }
        if let notBefore, now < notBefore { return .notYetValid }
        if let expiresAt, now >= expiresAt { return .expired }
        return nil
    }
}
