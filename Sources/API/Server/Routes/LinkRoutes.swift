import Domain
import HTTPTypes
import Hummingbird
import Store

/// `/v1/links`: links that somebody may be given.
struct LinkRoutes: RESTResource {
    static let unknown = ProblemDocument.unknown(LinkFault.unknown.problem)
    /// Links that one request may mint, and the bytes that they may take: two thousand for each, far above any honest one.
    private static let batch = 1...1_000
    private static let batchBytes = 2 * 1_024 * 1_024

    let store: Store
    /// The first public origin, such as `https://phone.example.com`.
    let origin: String

    func add(to routes: RESTRoutes) {
        routes.at("/links", .read("links:read", list), .post("links:write", bodyLimit: Self.batchBytes, mint))
        routes.at("/links/:id", .read("links:read", read), .patch("links:write", update), .delete("links:write", revoke))
        routes.at("/links/:id/stats", .read("links:read", stats))
        LinkPictures(store: store, origin: origin).add(to: routes)
    }

    // MARK: Minting

    /// One link, or with `links` a list of them, all or none.
    @Sendable private func mint(_ request: RESTRequest) async throws -> RESTAnswer {
        var fields = try request.fields()
        let many = fields.setting("links", .list(Self.batch, of: .object { fields in Self.wish(&fields) }))
        let isBatch = fields.has("links")
        let one = isBatch ? nil : Self.wish(&fields)
        try fields.finish()
        guard let wishes = many ?? one.map({ [$0] }) else { throw ProblemDocument.serverError }
        var generator = SystemRandomNumberGenerator()
        switch try await store.mint(wishes, now: request.now, generator: &generator) {
        case .minted(let links):
            guard !isBatch, let link = links.first else {
                return try .document(["data": links.map { LinkDocument($0, origin: origin) }], status: 201)
            }
            return try .created(LinkDocument(link, origin: origin), at: "/v1/links/\(link.id)", version: link.version)
        case .unusableKeys(let places):
            let problem = LinkFault.keyUnknown.problem
            throw ProblemDocument(
                .unprocessableContent, code: problem.code.rawValue,
                detail: "A signing key is unknown, revoked, or has been replaced by its successor.",
                errors: InvalidFields(
                    faults: places.map {
                        FieldFault(pointer: isBatch ? "#/links/\($0)/signing_key" : "#/signing_key", detail: "This key signs no new links.")
                    }
                ).faults)
        }
    }

    private static func wish(_ fields: inout JSONFields) -> LinkWish? {
        let key = fields.optional("signing_key", JSONRule<SigningKeyID>.id)
        let room = fields.optional("room", LinkFields.room)
        let name = fields.optional("name", .text(ProblemCode.invalidName.sentence) { DisplayName($0) })
        let dial = fields.optional("dial", LinkFields.dial)
        let trunk = fields.optional("trunk", JSONRule<TrunkID>.id)
        let camera = fields.optional("camera", .flag)
        let role = fields.optional("role", JSONRule<LinkRole>.word)
        let hidesNumber = fields.optional("hide_number", .flag) ?? false
        let patch = LinkFields.limits(&fields)
        if key == nil && room != nil { fields.refuse("room", "A random link has a random room; a signed one may name it.") }
        if key == nil && role != nil { fields.refuse("role", "Only a signed link says a role.") }
        if hidesNumber {
            if !fields.has("dial") { fields.refuse("dial", "A link that hides its number needs one.") }
            if key != nil { fields.refuse("hide_number", "A signed link says its number in its address.") }
        }
        let (notBefore, expiresAt) = (patch.notBefore.applied(to: nil), patch.expiresAt.applied(to: nil))
        if let notBefore, let expiresAt, notBefore >= expiresAt { fields.refuse("expires_at", LinkFields.order) }
        return LinkWish(
            signingKey: key, link: RoomLink(room: room, name: name, dial: dial, trunk: trunk, camera: camera ?? true), role: role,
            hidesNumber: hidesNumber, callerID: patch.callerID.applied(to: nil), notBefore: notBefore, expiresAt: expiresAt,
            maximumUses: patch.maximumUses.applied(to: nil), maximumSeconds: patch.maximumSeconds.applied(to: nil),
            destinations: patch.destinations ?? [], note: patch.note.applied(to: nil))
    }

    // MARK: Reading

    @Sendable private func list(_ request: RESTRequest) async throws -> RESTAnswer {
        let page = try request.page(knowing: LinkFields.filters)
        return try .page(try await store.links(page, try LinkFields.filter(request))) { LinkDocument($0, origin: origin) }
    }

    @Sendable private func read(_ request: RESTRequest) async throws -> RESTAnswer {
        guard let link = try await store.link(try Self.id(request)) else { throw Self.unknown }
        return try .document(LinkDocument(link, origin: origin), version: link.version)
    }

    @Sendable private func stats(_ request: RESTRequest) async throws -> RESTAnswer {
        guard let stats = try await store.linkStats(try Self.id(request)) else { throw Self.unknown }
        return try .document(LinkStatsDocument(stats))
    }

    // MARK: Changing

    @Sendable private func update(_ request: RESTRequest) async throws -> RESTAnswer {
        let id = try Self.id(request)
        let condition = try request.versionCondition()
        var fields = try request.fields()
        let patch = LinkFields.limits(&fields)
        try fields.finish()
        switch try await store.updateLink(id, patch, if: condition) {
        case .done(let link): return try .document(LinkDocument(link, origin: origin), version: link.version)
        case .missing: throw Self.unknown
        case .outdated: throw ProblemDocument.outdated
        case .endsBeforeItBegins: throw InvalidFields(faults: [FieldFault(pointer: "#/expires_at", detail: LinkFields.order)])
        case .timesAreSigned:
            throw InvalidFields(
                faults: ["not_before", "expires_at"].filter { fields.has($0) }.map {
                    FieldFault(pointer: "#/\($0)", detail: "The times of a signed link stand under its signature. Revoke it, and make another.")
                })
        }
    }

    @Sendable private func revoke(_ request: RESTRequest) async throws -> RESTAnswer {
        switch try await store.revokeLink(try Self.id(request), if: try request.versionCondition(), now: request.now) {
        case .changed: return .nothing
        case .missing: throw Self.unknown
        case .outdated: throw ProblemDocument.outdated
        }
    }

    /// Not of the form of other ids: a link that was signed elsewhere is named by its signer.
    static func id(_ request: RESTRequest) throws(ProblemDocument) -> LinkID {
        guard let id = request.parameters.get("id").flatMap({ LinkID(String($0)) }) else { throw unknown }
        return id
    }
}
