import Domain
import LibPQ
import Logging

/// What a link that is to be minted says and permits.
public struct LinkWish: Sendable, Equatable {
    /// `nil`: a random link. A signed one names its key.
    public var signingKey: SigningKeyID?
    /// Its `room` counts for a signed link only; a random link's room is its secret.
    public var link: RoomLink
    public var role: LinkRole?
    /// Of a random link with a number: no browser sees a digit of it.
    public var hidesNumber: Bool
    /// Shown to the phone that is called, in the place of the trunk's.
    public var callerID: E164Number?
    /// Seconds since 1970 UTC, as is `expiresAt`.
    public var notBefore: Int64?
    public var expiresAt: Int64?
    public var maximumUses: Int?
    public var maximumSeconds: Int?
    /// Beginnings of further numbers that may be dialled.
    public var destinations: [String]
    public var note: String?

    public init(
        signingKey: SigningKeyID? = nil, link: RoomLink, role: LinkRole? = nil, hidesNumber: Bool = false, callerID: E164Number? = nil,
        notBefore: Int64? = nil, expiresAt: Int64? = nil, maximumUses: Int? = nil, maximumSeconds: Int? = nil, destinations: [String] = [],
        note: String? = nil
    ) {
        self.signingKey = signingKey
        self.link = link
        self.role = role
        self.hidesNumber = hidesNumber
        self.callerID = callerID
        self.notBefore = notBefore
        self.expiresAt = expiresAt
        self.maximumUses = maximumUses
        self.maximumSeconds = maximumSeconds
        self.destinations = destinations
        self.note = note
    }
}

/// What came of minting: all of them, or none.
public enum Minting: Sendable, Equatable {
    case minted([MintedLink])
    /// The wishes, by their places, whose signing key signs no new links: unknown, revoked, or replaced by a successor.
    case unusableKeys([Int])
}

extension Store {
    /// Mints links, all or none: two statements at most, however many they are.
    public func mint(_ wishes: [LinkWish], now: Int64, generator: inout some RandomNumberGenerator) async throws(StoreError) -> Minting {
        let keys = try await signingKeys(Set(wishes.compactMap(\.signingKey)))
        let unusable = wishes.indices.filter { index in
            wishes[index].signingKey.map { keys[$0]?.key.state(now: now) != .active } ?? false
        }
        guard unusable.isEmpty else { return .unusableKeys(unusable) }
        var links: [MintedLink] = []
        links.reserveCapacity(wishes.count)
        for wish in wishes { links.append(Self.link(wish, secret: wish.signingKey.flatMap { keys[$0]?.secret }, now: now, &generator)) }
        try await mintings.add(links)
        return .minted(links)
    }

    /// Programs mint thousands of links one by one: what comes at once is one statement.
    static func mintings(in pool: PostgresPool, logger: Logger) -> GroupCommit<[MintedLink]> {
        GroupCommit(limit: 1_000, weight: \.count) { groups throws(StoreError) in
            let links = groups.flatMap { $0 }
            do throws(PostgresError) {
                try await pool.withStatement { transaction throws(PostgresError) in try transaction.insert(links) }
            } catch {
                throw told(error, to: logger)
            }
        }
    }

    private static func link(
        _ wish: LinkWish, secret: [UInt8]?, now: Int64, _ generator: inout some RandomNumberGenerator
    ) -> MintedLink {
        let id = LinkID(random: &generator)
        let chosen = wish.signingKey == nil ? nil : wish.link.room
        let room = chosen ?? RoomSlug(random: &generator)
        var slug: LinkSlug?
        var query: String?
        if let key = wish.signingKey, let secret {
            let signed = SignedLink(
                id: id, room: room, link: wish.link, role: wish.role, notBefore: wish.notBefore, expiresAt: wish.expiresAt, key: key)
            query = signed.query(signature: signed.signature(with: secret))
        } else if wish.hidesNumber {
            slug = LinkSlug(random: &generator)
        } else {
            var link = wish.link
            link.room = room
            query = link.query
        }
        return MintedLink(
            id: id, version: 1, isSigned: wish.signingKey != nil, isMinted: true, room: room, slug: slug, target: wish.link.dial,
            trunk: wish.link.trunk, name: wish.link.name?.text, camera: wish.link.camera, role: wish.role, query: query,
            signingKey: wish.signingKey, callerID: wish.callerID, notBefore: wish.notBefore.map { $0 * 1_000 },
            expiresAt: wish.expiresAt.map { $0 * 1_000 }, maximumUses: wish.maximumUses, maximumSeconds: wish.maximumSeconds,
            destinations: wish.destinations, note: wish.note, createdAt: now, revokedAt: nil, opened: 0, dialled: 0, answered: 0)
    }
}

extension PostgresTransaction {
    /// One statement for all of them.
    fileprivate func insert(_ links: [MintedLink]) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO links (id, kind, minted, room, slug, query, name, target, trunk, camera, role, signing_key, caller_id, not_before,
                               expires_at, max_uses, max_seconds, destinations, note, created_at)
            SELECT id, kind, true, room, slug, query, name, target, trunk, camera, role, signing_key, caller_id, instant(not_before),
                   instant(expires_at), max_uses, max_seconds, destinations, note, instant(created_at)
              FROM json_to_recordset($1::json) AS link (
                       id text, kind text, room text, slug text, query text, name text, target text, trunk text, camera boolean, role text,
                       signing_key text, caller_id text, not_before bigint, expires_at bigint, max_uses integer, max_seconds integer,
                       destinations text[], note text, created_at bigint)
            """, .text(try JSONText.encode(links.map { LinkInsert($0) })))
    }
}

/// A row of `links` as the statement reads it.
private struct LinkInsert: Encodable {
    let link: MintedLink

    init(_ link: MintedLink) { self.link = link }

    enum CodingKeys: String, CodingKey {
        case id, kind, room, slug, query, name, target, trunk, camera, role, destinations, note
        case signingKey = "signing_key"
        case callerID = "caller_id"
        case notBefore = "not_before"
        case expiresAt = "expires_at"
        case maximumUses = "max_uses"
        case maximumSeconds = "max_seconds"
        case createdAt = "created_at"
    }

    func encode(to encoder: any Encoder) throws {
        var row = encoder.container(keyedBy: CodingKeys.self)
        try row.encode(link.id, forKey: .id)
        try row.encode(link.isSigned ? "signed" : "random", forKey: .kind)
        try row.encode(link.room, forKey: .room)
        try row.encodeIfPresent(link.slug, forKey: .slug)
        try row.encodeIfPresent(link.query, forKey: .query)
        try row.encodeIfPresent(link.name, forKey: .name)
        try row.encodeIfPresent(link.target?.text, forKey: .target)
        try row.encodeIfPresent(link.trunk, forKey: .trunk)
        try row.encode(link.camera, forKey: .camera)
        try row.encodeIfPresent(link.role?.rawValue, forKey: .role)
        try row.encodeIfPresent(link.signingKey, forKey: .signingKey)
        try row.encodeIfPresent(link.callerID, forKey: .callerID)
        try row.encodeIfPresent(link.notBefore, forKey: .notBefore)
        try row.encodeIfPresent(link.expiresAt, forKey: .expiresAt)
        try row.encodeIfPresent(link.maximumUses, forKey: .maximumUses)
        try row.encodeIfPresent(link.maximumSeconds, forKey: .maximumSeconds)
        try row.encode(link.destinations, forKey: .destinations)
        try row.encodeIfPresent(link.note, forKey: .note)
        try row.encode(link.createdAt, forKey: .createdAt)
    }
}
