import Domain
import LibPQ

/// What a link that is to be minted says and permits.
public struct LinkWish: Sendable, Equatable {
    /// `nil`: a random link. A signed one names its key.
    public var signingKey: SigningKeyID?
    /// Its `room` counts for a signed link only; a random link's room is its secret.
    public var link: RoomLink
    public var role: LinkRole?
    /// Seconds since 1970 UTC, as is `expiresAt`.
    public var notBefore: Int64?
    public var expiresAt: Int64?
    public var maximumUses: Int?
    public var maximumSeconds: Int?
    /// Beginnings of further numbers that may be dialled.
    public var destinations: [String]
    public var note: String?

    public init(
        signingKey: SigningKeyID? = nil, link: RoomLink, role: LinkRole? = nil, notBefore: Int64? = nil, expiresAt: Int64? = nil,
        maximumUses: Int? = nil, maximumSeconds: Int? = nil, destinations: [String] = [], note: String? = nil
    ) {
        self.signingKey = signingKey
        self.link = link
        self.role = role
        self.notBefore = notBefore
        self.expiresAt = expiresAt
        self.maximumUses = maximumUses
        self.maximumSeconds = maximumSeconds
        self.destinations = destinations
        self.note = note
    }
}

/// A link as it is remembered.
public struct MintedLink: Sendable, Equatable {
    public var id: LinkID
    public var isSigned: Bool
    /// `false` for one that was signed elsewhere and has been seen here.
    public var isMinted: Bool
    public var room: RoomSlug
    public var target: DialTarget?
    public var trunk: TrunkID?
    public var name: String?
    /// What stands behind `/room.html?`; `nil` if it was signed elsewhere.
    public var query: String?
    public var signingKey: SigningKeyID?
    /// Milliseconds since 1970 UTC, as are all times.
    public var notBefore: Int64?
    public var expiresAt: Int64?
    public var maximumUses: Int?
    public var maximumSeconds: Int?
    public var destinations: [String]
    public var note: String?
    public var createdAt: Int64
    public var revokedAt: Int64?
    /// How often somebody came in by it, and how many calls were made and answered by it.
    public var opened: Int
    public var dialled: Int
    public var answered: Int
}

/// What became of a link that somebody came with.
public enum LinkOpening: Sendable, Equatable {
    /// No link that was minted, or a random one, which its room says.
    case plain
    case signed(SignedLink)
    case refused(Problem)
}

extension Store {
    /// Mints links, all or none. `nil`: a signing key is unknown or revoked.
    public func mint(
        _ wishes: [LinkWish], now: Int64, generator: inout some RandomNumberGenerator
    ) async throws(StoreError) -> [MintedLink]? {
        var secrets: [SigningKeyID: [UInt8]] = [:]
        for id in Set(wishes.compactMap(\.signingKey)) {
            guard let known = try await signingKey(id), known.key.revokedAt == nil else { return nil }
            secrets[id] = known.secret
        }
        var rows: [(id: LinkID, room: RoomSlug, query: String, wish: LinkWish)] = []
        for wish in wishes {
            let id = LinkID(random: &generator)
            guard let key = wish.signingKey, let secret = secrets[key] else {
                var link = wish.link
                let room = RoomSlug(random: &generator)
                link.room = room
                rows.append((id, room, link.query, wish))
                continue
            }
            let room = wish.link.room ?? RoomSlug(random: &generator)
            let signed = SignedLink(
                id: id, room: room, link: wish.link, role: wish.role, notBefore: wish.notBefore, expiresAt: wish.expiresAt, key: key)
            rows.append((id, room, signed.query(signature: signed.signature(with: secret)), wish))
        }
        return try await transaction { [rows] transaction throws(PostgresError) in
            for row in rows { try transaction.insert(row.id, row.room, row.query, row.wish, now: now) }
            return try rows.map { row throws(PostgresError) in
                guard let link = try transaction.link(row.id) else { throw PostgresError(.fault, "a link is not there after its insertion") }
                return link
            }
        }
    }

    public func link(_ id: LinkID) async throws(StoreError) -> MintedLink? {
        try await transaction { transaction throws(PostgresError) in try transaction.link(id) }
    }

    /// Newest first.
    public func links(_ page: PageRequest) async throws(StoreError) -> Page<MintedLink> {
        let parameters = page.parameters
        let links = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT * FROM link_documents WHERE $1::bigint IS NULL OR (created, id) < (instant($1), $2)
                 ORDER BY created DESC, id DESC LIMIT $3
                """, parameters.at, parameters.id, parameters.rows
            ) { row throws(PostgresError) in try row.mintedLink() }
        }
        return page.page(of: links) { PageCursor(at: $0.createdAt, id: $0.id.text) }
    }

    /// Closes a link for good; `false` if there is none. One that was signed elsewhere may be withdrawn before anybody has seen it
    /// only with its key. A second time changes nothing.
    public func revokeLink(_ id: LinkID, now: Int64) async throws(StoreError) -> Bool {
        try await transaction { transaction throws(PostgresError) in
            try transaction.execute("UPDATE links SET revoked_at = coalesce(revoked_at, instant($2)) WHERE id = $1", .id(id), .int(now)) == 1
        }
    }

    /// Judges the link that a browser joins with, and counts that it came.
    ///
    /// - Parameters:
    ///   - query: the page's whole query, where it looks signed; `nil` for a plain one.
    ///   - isReturn: the browser was here before, so it is not counted again.
    public func openLink(
        query: String?, room: RoomSlug, name: DisplayName, isReturn: Bool, now: Int64
    ) async throws(StoreError) -> LinkOpening {
        let read: (link: SignedLink, signature: [UInt8])?
        do throws(SignedLinkError) { read = try query.flatMap { query throws(SignedLinkError) in try SignedLink.read(query: query) } } catch {
            return .refused(error.problem)
        }
        guard let (signed, signature) = read else { return try await openRandomLink(room, isReturn: isReturn, now: now) }
        guard let known = try await signingKey(signed.key) else { return .refused(LinkFault.keyUnknown.problem) }
        // Whoever cannot sign learns nothing more than that.
        guard signed.isSigned(by: signature, with: known.secret), signed.room == room, signed.link.name.map({ $0 == name }) ?? true else {
            return .refused(LinkFault.tampered.problem)
        }
        guard known.key.revokedAt == nil else { return .refused(LinkFault.keyUnknown.problem) }
        if let fault = signed.fault(now: now) {
            // Who has a place keeps it, however it came to it; what the link has granted is over.
            return isReturn && fault == .expired ? .plain : .refused(fault.problem)
        }
        let isOpen = try await transaction { transaction throws(PostgresError) in
            try transaction.remember(signed, now: now)
            return try transaction.row(
                "UPDATE links SET opened = opened + $3 WHERE id = $1 AND room = $2 AND kind = 'signed' RETURNING revoked_at IS NULL AS open",
                .id(signed.id), .id(room), .int(isReturn ? 0 : 1)
            ) { row throws(PostgresError) in try row.value("open", as: Bool.self) }
        }
        // Its name belongs to another link: its signer has used it twice.
        guard let isOpen else { return .refused(LinkFault.tampered.problem) }
        return isOpen ? .signed(signed) : .refused(LinkFault.revoked.problem)
    }

    private func openRandomLink(_ room: RoomSlug, isReturn: Bool, now: Int64) async throws(StoreError) -> LinkOpening {
        let fault = try await transaction { transaction throws(PostgresError) -> LinkFault? in
            guard let row = try transaction.lockedRandomLink(in: room) else { return nil }
            if let fault = row.fault(now: now), !isReturn || fault != .expired { return fault }
            if !isReturn { _ = try transaction.execute("UPDATE links SET opened = opened + 1 WHERE id = $1", .id(row.id)) }
            return nil
        }
        return fault.map { .refused($0.problem) } ?? .plain
    }
}

extension PostgresTransaction {
    fileprivate func insert(_ id: LinkID, _ room: RoomSlug, _ query: String, _ wish: LinkWish, now: Int64) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO links (id, kind, minted, room, query, name, target, trunk, camera, signing_key, not_before, expires_at, max_uses,
                               max_seconds, destinations, note, created_at)
            VALUES ($1, $2, true, $3, $4, $5, $6, $7, $8, $9, instant($10), instant($11), $12, $13, $14, $15, instant($16))
            """,
            .id(id), .text(wish.signingKey == nil ? "random" : "signed"), .id(room), .text(query), .optional(wish.link.name?.text),
            .optional(wish.link.dial?.text), .optional(wish.link.trunk?.text), .bool(wish.link.camera), .optional(wish.signingKey?.text),
            .optional(wish.notBefore.map { $0 * 1_000 }), .optional(wish.expiresAt.map { $0 * 1_000 }), .optional(wish.maximumUses),
            .optional(wish.maximumSeconds), .texts(wish.destinations), .optional(wish.note), .int(now))
    }

    fileprivate func link(_ id: LinkID) throws(PostgresError) -> MintedLink? {
        try row("SELECT * FROM link_documents WHERE id = $1", .id(id)) { row throws(PostgresError) in try row.mintedLink() }
    }
}

extension PostgresRow {
    /// A row of the view `link_documents`.
    fileprivate func mintedLink() throws(PostgresError) -> MintedLink {
        MintedLink(
            id: try domain("id", LinkID.init), isSigned: try value("kind", as: String.self) == "signed", isMinted: try value("minted"),
            room: try domain("room", RoomSlug.init), target: try optionalDomain("target", DialTarget.init(stored:)),
            trunk: try optionalDomain("trunk", TrunkID.init), name: try optional("name"), query: try optional("query"),
            signingKey: try optionalDomain("signing_key", SigningKeyID.init), notBefore: try optional("not_before"),
            expiresAt: try optional("expires_at"), maximumUses: try optional("max_uses"), maximumSeconds: try optional("max_seconds"),
            destinations: try value("destinations"), note: try optional("note"), createdAt: try value("created_at"),
            revokedAt: try optional("revoked_at"), opened: try value("opened"), dialled: try value("dialled"), answered: try value("answered"))
    }
}
