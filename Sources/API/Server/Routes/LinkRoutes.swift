import Domain
import HTTPTypes
import Hummingbird
import Store

/// `/v1/links`: links that somebody may be given.
struct LinkRoutes: RESTResource {
    private static let unknown = ProblemDocument.unknown(LinkFault.unknown.problem)
    /// Links that one request may mint.
    private static let batch = 1...100

    let store: Store
    /// The first public origin, such as `https://phone.example.com`.
    let origin: String

    func add(to routes: RESTRoutes) {
        routes.at("/links", .read("links:read", list), .post("links:write", mint))
        routes.at("/links/:id", .read("links:read", read), .delete("links:write", revoke))
    }

    /// One link, or with `links` a list of them, all or none.
    @Sendable private func mint(_ request: RESTRequest) async throws -> RESTAnswer {
        var fields = try request.fields()
        let many = fields.optional("links", .list(Self.batch, of: .object { fields in Self.wish(&fields) }))
        let one = many == nil ? Self.wish(&fields) : nil
        try fields.finish()
        guard let wishes = many ?? one.map({ [$0] }) else { throw ProblemDocument.serverError }
        var generator = SystemRandomNumberGenerator()
        guard let links = try await store.mint(wishes, now: request.now, generator: &generator) else {
            throw ProblemDocument(.unprocessableContent, LinkFault.keyUnknown.problem)
        }
        guard many == nil, let link = links.first else {
            return try .document(["data": links.map { LinkDocument($0, origin: origin) }], status: 201)
        }
        return try .created(LinkDocument(link, origin: origin), at: "/v1/links/\(link.id)")
    }

    private static func wish(_ fields: inout JSONFields) -> LinkWish? {
        let key = fields.optional("signing_key", JSONRule<SigningKeyID>.id)
        let room = fields.optional("room", .text(ProblemCode.invalidRoom.sentence) { RoomSlug($0) })
        let name = fields.optional("name", .text(ProblemCode.invalidName.sentence) { DisplayName($0) })
        let dial = fields.optional("dial", .text(ProblemCode.invalidNumber.sentence) { try? DialTarget(parsing: $0) })
        let trunk = fields.optional("trunk", JSONRule<TrunkID>.id)
        let camera = fields.optional("camera", .flag)
        let role = fields.optional("role", JSONRule<LinkRole>.word)
        let notBefore = fields.optional("not_before", .time)
        let expiresAt = fields.optional("expires_at", .time)
        let uses = fields.optional("max_uses", .integer(1...1_000_000))
        let seconds = fields.optional("max_call_seconds", .integer(1...86_400))
        let prefix = JSONRule<String>.text("It must be + and the first 1 to 15 digits of numbers.") { NumberMatch(prefix: $0)?.prefix }
        let destinations = fields.optional("destinations", .list(0...100, of: prefix))
        let note = fields.optional("note", .text(1...200))
        if key == nil && room != nil { fields.refuse("room", "A random link has a random room; a signed one may name it.") }
        if key == nil && role != nil { fields.refuse("role", "Only a signed link says a role.") }
        if let notBefore, let expiresAt, notBefore >= expiresAt { fields.refuse("expires_at", "It must come after not_before.") }
        return LinkWish(
            signingKey: key, link: RoomLink(room: room, name: name, dial: dial, trunk: trunk, camera: camera ?? true), role: role,
            notBefore: notBefore.map { $0 / 1_000 }, expiresAt: expiresAt.map { $0 / 1_000 }, maximumUses: uses, maximumSeconds: seconds,
            destinations: destinations ?? [], note: note)
    }

    @Sendable private func list(_ request: RESTRequest) async throws -> RESTAnswer {
        try .page(try await store.links(try request.page())) { LinkDocument($0, origin: origin) }
    }

    @Sendable private func read(_ request: RESTRequest) async throws -> RESTAnswer {
        guard let link = try await store.link(try id(request)) else { throw Self.unknown }
        return try .document(LinkDocument(link, origin: origin))
    }

    @Sendable private func revoke(_ request: RESTRequest) async throws -> RESTAnswer {
        guard try await store.revokeLink(try id(request), now: request.now) else { throw Self.unknown }
        return .nothing
    }

    /// Not of the form of other ids: a link that was signed elsewhere is named by its signer.
    private func id(_ request: RESTRequest) throws(ProblemDocument) -> LinkID {
        guard let id = request.parameters.get("id").flatMap({ LinkID(String($0)) }) else { throw Self.unknown }
        return id
    }
}

/// A link as REST shows it. Whoever has its `url` has what it permits.
private struct LinkDocument: Encodable {
    enum Kind: String, Encodable { case random, signed }

    var id: LinkID
    var kind: Kind
    /// Absent for one that was signed elsewhere.
    var url: String?
    var room: RoomSlug
    var dial: String?
    var trunk: TrunkID?
    var name: String?
    var signingKey: SigningKeyID?
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
        url = link.query.map { origin + RoomLink.path + "?" + $0 }
        room = link.room
        dial = link.target?.text
        trunk = link.trunk
        name = link.name
        signingKey = link.signingKey
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
