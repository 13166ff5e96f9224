import Domain
import LibPQ

/// A link as it is remembered.
public struct MintedLink: Sendable, Equatable {
    public var id: LinkID
    /// Grows with every change that is made on purpose.
    public var version: Int64
    public var isSigned: Bool
    /// `false` for one that was signed elsewhere and has been seen here.
    public var isMinted: Bool
    public var room: RoomSlug
    /// Of a link that hides its number: its address under `/l/`.
    public var slug: LinkSlug?
    public var target: DialTarget?
    public var trunk: TrunkID?
    public var name: String?
    /// Whether the camera starts switched on.
    public var camera: Bool
    public var role: LinkRole?
    /// What stands behind `/room.html?`; `nil` if it was signed elsewhere or hides its number.
    public var query: String?
    public var signingKey: SigningKeyID?
    /// Shown to the phone that is called, in the place of the trunk's.
    public var callerID: E164Number?
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

    /// The whole link under `origin`; `nil` if it was signed elsewhere.
    public func url(origin: String) -> String? {
        slug?.url(origin: origin) ?? query.map { origin + RoomLink.path + "?" + $0 }
    }
}

/// Which links a list is to hold; `nil` asks nothing.
public struct LinkFilter: Sendable, Equatable {
    public var isSigned: Bool?
    public var isRevoked: Bool?
    public var hidesNumber: Bool?
    public var room: RoomSlug?
    public var target: DialTarget?
    public var signingKey: SigningKeyID?

    public init() {}
}

/// A change of what a link permits: what it does not name stays. What stands under a signature cannot be changed.
public struct LinkPatch: Sendable, Equatable {
    /// Seconds since 1970 UTC, as is `expiresAt`.
    public var notBefore: FieldChange<Int64> = .keep
    public var expiresAt: FieldChange<Int64> = .keep
    public var maximumUses: FieldChange<Int> = .keep
    public var maximumSeconds: FieldChange<Int> = .keep
    public var destinations: [String]?
    public var callerID: FieldChange<E164Number> = .keep
    public var note: FieldChange<String> = .keep

    public init() {}
}

/// What came of changing a link.
public enum LinkChange: Sendable, Equatable {
    case done(MintedLink)
    case missing
    /// The link is not at the version that the caller expects.
    case outdated
    /// The times are under the signature: a link with others is another link.
    case timesAreSigned
    /// It would end before it begins.
    case endsBeforeItBegins
}

extension Store {
    public func link(_ id: LinkID) async throws(StoreError) -> MintedLink? {
        try await transaction { transaction throws(PostgresError) in try transaction.link(id) }
    }

    /// Newest first.
    public func links(_ page: PageRequest, _ filter: LinkFilter = LinkFilter()) async throws(StoreError) -> Page<MintedLink> {
        let parameters = page.parameters
        let links = try await transaction { transaction throws(PostgresError) in
            try transaction.rows(
                """
                SELECT * FROM link_documents
                 WHERE ($1::bigint IS NULL OR (created, id) < (instant($1), $2))
                   AND ($4::boolean IS NULL OR (kind = 'signed') = $4)
                   AND ($5::boolean IS NULL OR (revoked_at IS NOT NULL) = $5)
                   AND ($6::boolean IS NULL OR (slug IS NOT NULL) = $6)
                   AND ($7::text IS NULL OR room = $7)
                   AND ($8::text IS NULL OR target = $8)
                   AND ($9::text IS NULL OR signing_key = $9)
                 ORDER BY created DESC, id DESC LIMIT $3
                """, parameters.at, parameters.id, parameters.rows, .optional(filter.isSigned), .optional(filter.isRevoked),
                .optional(filter.hidesNumber), .optional(filter.room?.text), .optional(filter.target?.text), .optional(filter.signingKey?.text)
            ) { row throws(PostgresError) in try row.mintedLink() }
        }
        return page.page(of: links) { PageCursor(at: $0.createdAt, id: $0.id.text) }
    }

    /// Changes what a link permits from now on; calls that are up stay as they were allowed.
    public func updateLink(_ id: LinkID, _ patch: LinkPatch, if condition: VersionCondition = .any) async throws(StoreError) -> LinkChange {
        try await transaction { transaction throws(PostgresError) in
            _ = try transaction.execute("SELECT FROM links WHERE id = $1 FOR UPDATE", .id(id))
            guard var link = try transaction.link(id) else { return .missing }
            guard condition.holds(for: link.version) else { return .outdated }
            guard !link.isSigned || patch.notBefore == .keep && patch.expiresAt == .keep else { return .timesAreSigned }
            link.notBefore = patch.notBefore.milliseconds.applied(to: link.notBefore)
            link.expiresAt = patch.expiresAt.milliseconds.applied(to: link.expiresAt)
            if let begin = link.notBefore, let end = link.expiresAt, begin >= end { return .endsBeforeItBegins }
            link.maximumUses = patch.maximumUses.applied(to: link.maximumUses)
            link.maximumSeconds = patch.maximumSeconds.applied(to: link.maximumSeconds)
            link.destinations = patch.destinations ?? link.destinations
            link.callerID = patch.callerID.applied(to: link.callerID)
            link.note = patch.note.applied(to: link.note)
            link.version += 1
            _ = try transaction.execute(
                """
                UPDATE links SET version = $2, not_before = instant($3), expires_at = instant($4), max_uses = $5, max_seconds = $6,
                                 destinations = $7, caller_id = $8, note = $9
                 WHERE id = $1
                """, .id(id), .int(link.version), .optional(link.notBefore), .optional(link.expiresAt), .optional(link.maximumUses),
                .optional(link.maximumSeconds), .texts(link.destinations), .optional(link.callerID?.text), .optional(link.note))
            return .done(link)
        }
    }

    /// Closes a link for good. One that was signed elsewhere may be withdrawn before anybody has seen it only with its key.
    /// A second time changes nothing.
    public func revokeLink(
        _ id: LinkID, if condition: VersionCondition = .any, now: Int64
    ) async throws(StoreError) -> RowChange<LinkID> {
        try await transaction { transaction throws(PostgresError) in
            let known = try transaction.row("SELECT version, revoked_at IS NULL AS open FROM links WHERE id = $1 FOR UPDATE", .id(id)) {
                row throws(PostgresError) in
                (version: try row.value("version", as: Int64.self), isOpen: try row.value("open", as: Bool.self))
            }
            guard let known else { return .missing }
            guard condition.holds(for: known.version) else { return .outdated }
            guard known.isOpen else { return .changed(id) }
            // The one place where a link goes from open to revoked: what follows from it belongs into this transaction.
            try transaction.publishRevocation(of: id, now: now)
            _ = try transaction.execute("UPDATE links SET revoked_at = instant($2), version = version + 1 WHERE id = $1", .id(id), .int(now))
            return .changed(id)
        }
    }
}

extension FieldChange where Value == Int64 {
    /// Of seconds.
    fileprivate var milliseconds: FieldChange<Int64> {
        switch self {
        case .keep: .keep
        case .clear: .clear
        case .set(let seconds): .set(seconds * 1_000)
        }
    }
}

extension PostgresTransaction {
    fileprivate func link(_ id: LinkID) throws(PostgresError) -> MintedLink? {
        try row("SELECT * FROM link_documents WHERE id = $1", .id(id)) { row throws(PostgresError) in try row.mintedLink() }
    }
}

extension PostgresValue {
    /// `null` where nothing is said.
    fileprivate static func optional(_ flag: Bool?) -> PostgresValue { flag.map { .bool($0) } ?? .null }
}

extension PostgresRow {
    /// A row of the view `link_documents`.
    fileprivate func mintedLink() throws(PostgresError) -> MintedLink {
        MintedLink(
            id: try domain("id", LinkID.init), version: try value("version"), isSigned: try value("kind", as: String.self) == "signed",
            isMinted: try value("minted"), room: try domain("room", RoomSlug.init), slug: try optionalDomain("slug", LinkSlug.init),
            target: try optionalDomain("target", DialTarget.init(stored:)), trunk: try optionalDomain("trunk", TrunkID.init),
            name: try optional("name"), camera: try value("camera"), role: try optionalDomain("role", LinkRole.init), query: try optional("query"),
            signingKey: try optionalDomain("signing_key", SigningKeyID.init), callerID: try optionalDomain("caller_id", E164Number.init),
            notBefore: try optional("not_before"), expiresAt: try optional("expires_at"), maximumUses: try optional("max_uses"),
            maximumSeconds: try optional("max_seconds"), destinations: try value("destinations"), note: try optional("note"),
            createdAt: try value("created_at"), revokedAt: try optional("revoked_at"), opened: try value("opened"), dialled: try value("dialled"),
            answered: try value("answered"))
    }
}
