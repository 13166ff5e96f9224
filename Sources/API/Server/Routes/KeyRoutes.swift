import Domain
import Store

/// `/v1/keys`: API keys. A key that is rotated keeps its id and what it may do; its old secret opens, too, until the overlap is over.
struct KeyRoutes: RESTResource {
    private static let scopeLimit = 40
    /// Seconds for which the old secret of a rotated key may open, too: a day unless it is said, thirty days at most.
    private static let overlaps = 0...2_592_000
    private static let standardOverlap = 86_400
    private static let unknown = ProblemDocument.unknown("unknown_key", "There is no such API key.")

    let store: Store

    func add(to routes: RESTRoutes) {
        routes.at("/keys", .read("keys:read", list), .post("keys:write", create))
        routes.at("/keys/self", .read(APIKeyGuard.anyKey, readSelf))
        routes.at("/keys/:id/rotate", .post("keys:write", rotate))
        routes.at("/keys/:id", .read("keys:read", read), .delete("keys:write", revoke))
    }

    @Sendable private func list(_ request: RESTRequest) async throws -> RESTAnswer {
        try .page(try await store.keys(try request.page())) { KeyDocument($0) }
    }

    @Sendable private func create(_ request: RESTRequest) async throws -> RESTAnswer {
        var fields = try request.fields()
        let name = fields.required("name", .text("It must be a name of 1 to 80 characters on one line.") { ShortLabel($0) })
        let scopes = fields.required("scopes", .list(1...Self.scopeLimit, of: Self.scope))
        let expiresAt = fields.optional("expires_at", .time)
        if let expiresAt, expiresAt <= request.now { fields.refuse("expires_at", "It must be in the future.") }
        try fields.finish()
        guard let name, let scopes else { throw ProblemDocument.serverError }
        try Self.require(scopes.map(\.text), of: request.caller)
        var generator = SystemRandomNumberGenerator()
        let (secret, key) = try await store.createKey(
            name: name.text, scopes: scopes.map(\.text), expiresAt: expiresAt, now: request.now, generator: &generator)
        return try .created(KeyDocument(key, secret: secret), at: "/v1/keys/\(key.id)")
    }

    @Sendable private func read(_ request: RESTRequest) async throws -> RESTAnswer {
        guard let key = try await store.key(try request.id(or: Self.unknown)) else { throw Self.unknown }
        return try .document(KeyDocument(key))
    }

    /// What a key may know of itself, whatever else it may do.
    @Sendable private func readSelf(_ request: RESTRequest) async throws -> RESTAnswer { try .document(KeyDocument(request.caller)) }

    @Sendable private func rotate(_ request: RESTRequest) async throws -> RESTAnswer {
        let id: APIKeyID = try request.id(or: Self.unknown)
        var fields = try request.fields()
        let overlap = fields.setting("overlap_seconds", .integer(Self.overlaps)) ?? Self.standardOverlap
        try fields.finish()
        guard let key = try await store.key(id) else { throw Self.unknown }
        // The new secret opens all that the key may do.
        try Self.require(key.scopes, of: request.caller)
        var generator = SystemRandomNumberGenerator()
        let rotated = try await store.rotateKey(
            id, overlapEnds: request.now + Int64(overlap) * 1_000, now: request.now, generator: &generator)
        guard let rotated else {
            throw ProblemDocument.conflict("key_not_valid", "The key is revoked or expired, so it gets no new secret. Make another key.")
        }
        return try .document(KeyDocument(rotated.key, secret: rotated.secret))
    }

    @Sendable private func revoke(_ request: RESTRequest) async throws -> RESTAnswer {
        let id: APIKeyID = try request.id(or: Self.unknown)
        guard let key = try await store.key(id) else { throw Self.unknown }
        if key.revokedAt == nil { _ = try await store.revokeKey(id, now: request.now) }
        return .nothing
    }

    /// A key must not make one that may do more than itself.
    private static func require(_ scopes: [String], of caller: APIKey) throws(ProblemDocument) {
        guard !caller.scopes.contains(APIScope.everything.text) else { return }
        for scope in scopes where !caller.scopes.contains(scope) {
            throw ProblemDocument.forbidden("This API key has not the scope \(scope), so it cannot give it away.")
        }
    }

    private static let scope = JSONRule<APIScope>.text(
        "It must be * or one of \(APIScope.kinds.joined(separator: ", ")) with :read or :write behind it."
    ) { APIScope($0) }
}

/// An API key as REST shows it; its secret only in the answer to the request that made it.
private struct KeyDocument: Encodable {
    var id: APIKeyID
    var key: String?
    var name: String
    var scopes: [String]
    var createdAt: String
    var expiresAt: String?
    var revokedAt: String?
    var rotatedAt: String?
    /// Until then the secret before the present one opens, too.
    var previousUntil: String?
    /// To the minute.
    var lastUsedAt: String?

    init(_ key: APIKey, secret: APIKeySecret? = nil) {
        id = key.id
        self.key = secret?.text
        name = key.name
        scopes = key.scopes
        createdAt = Timestamp.rfc3339(milliseconds: key.createdAt)
        expiresAt = key.expiresAt.map(Timestamp.rfc3339)
        revokedAt = key.revokedAt.map(Timestamp.rfc3339)
        rotatedAt = key.rotatedAt.map(Timestamp.rfc3339)
        previousUntil = key.previousUntil.map(Timestamp.rfc3339)
        lastUsedAt = key.lastUsedAt.map(Timestamp.rfc3339)
    }
}
