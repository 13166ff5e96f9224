import Domain
import Store

/// A link as REST shows it. Whoever has its `url` has what it permits.
struct LinkDocument: Encodable {
    enum Kind: String, Encodable { case random, signed }

    var id: LinkID
    var kind: Kind
    /// Absent for one that was signed elsewhere.
    var url: String?
    var room: RoomSlug
    var dial: String?
    var trunk: TrunkID?
    var name: String?
    var camera: Bool
    var role: String?
    var hideNumber: Bool
    var signingKey: SigningKeyID?
    var callerId: String?
    var notBefore: String?
    var expiresAt: String?
    var maxUses: Int?
    var maxCallSeconds: Int?
    var destinations: [String]
    var note: String?
    var createdAt: String
    var revokedAt: String?
    var opened: Int
    var dialled: Int
    var answered: Int

    init(_ link: MintedLink, origin: String) {
        id = link.id
        kind = link.isSigned ? .signed : .random
        url = link.url(origin: origin)
        room = link.room
        dial = link.target?.text
        trunk = link.trunk
        name = link.name
        camera = link.camera
        role = link.role?.rawValue
        hideNumber = link.slug != nil
        signingKey = link.signingKey
        callerId = link.callerID?.text
        notBefore = link.notBefore.map { RFC3339.text(milliseconds: $0) }
        expiresAt = link.expiresAt.map { RFC3339.text(milliseconds: $0) }
        maxUses = link.maximumUses
        maxCallSeconds = link.maximumSeconds
        destinations = link.destinations
        note = link.note
        createdAt = RFC3339.text(milliseconds: link.createdAt)
        revokedAt = link.revokedAt.map { RFC3339.text(milliseconds: $0) }
        (opened, dialled, answered) = (link.opened, link.dialled, link.answered)
    }
}

/// What came of a link, as REST shows it.
struct LinkStatsDocument: Encodable {
    var opened: Int
    var dialled: Int
    var answered: Int
    var refused: Int
    var live: Int
    var talkSeconds: Int
    var outcomes: [String: Int]
    var lastOpenedAt: String?
    var lastDialledAt: String?
    var lastUsedAt: String?

    init(_ stats: LinkStats) {
        opened = stats.opened
        dialled = stats.dialled
        answered = stats.answered
        refused = stats.refused
        live = stats.live
        talkSeconds = stats.talkSeconds
        outcomes = Dictionary(uniqueKeysWithValues: stats.outcomes.map { ($0.key.rawValue, $0.value) })
        lastOpenedAt = stats.lastOpenedAt.map { RFC3339.text(milliseconds: $0) }
        lastDialledAt = stats.lastDialledAt.map { RFC3339.text(milliseconds: $0) }
        lastUsedAt = stats.lastUsedAt.map { RFC3339.text(milliseconds: $0) }
    }
}
