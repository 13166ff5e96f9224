import Domain
import Store

/// `/v1/signing-keys`: keys for links that are signed offline; `id` is the link's `kid`.
struct SigningKeyRoutes: RESTResource {
    private static let unknown = ProblemDocument.unknown("unknown_signing_key", "There is no such signing key.")

    let store: Store

    func add(to routes: RESTRoutes) {
        routes.at("/signing-keys", .read("signing-keys:read", list), .post("signing-keys:write", create))
        routes.at("/signing-keys/:id", .read("signing-keys:read", read), .delete("signing-keys:write", revoke))
        routes.at("/signing-keys/:id/rotate", .post("signing-keys:write", rotate))
    }

    @Sendable private func list(_ request: RESTRequest) async throws -> RESTAnswer {
        try .page(try await store.signingKeys(try request.page())) { SigningKeyDocument($0, now: request.now) }
    }

    @Sendable private func create(_ request: RESTRequest) async throws -> RESTAnswer {
        var fields = try request.fields()
        let name = fields.required("name", .text("It must be a name of 1 to 80 characters on one line.") { ShortLabel($0) })
        try fields.finish()
        guard let name else { throw ProblemDocument.serverError }
        var generator = SystemRandomNumberGenerator()
        let (secret, key) = try await store.createSigningKey(name: name, now: request.now, generator: &generator)
        return try .created(SigningKeyDocument(key, now: request.now, secret: Base64URL.encode(secret)), at: "/v1/signing-keys/\(key.id)")
    }

    @Sendable private func read(_ request: RESTRequest) async throws -> RESTAnswer {
        guard let known = try await store.signingKey(try request.id(or: Self.unknown)) else { throw Self.unknown }
        return try .document(SigningKeyDocument(known.key, now: request.now))
    }

    /// The successor, with its secret; the key itself goes on opening what it has signed until the overlap ends.
    @Sendable private func rotate(_ request: RESTRequest) async throws -> RESTAnswer {
        let id: SigningKeyID = try request.id(or: Self.unknown)
        var fields = try request.fields()
        let overlap = fields.setting("overlap_seconds", .integer(SigningKey.overlaps))
        try fields.finish()
        var generator = SystemRandomNumberGenerator()
        let rotation = try await store.rotateSigningKey(
            id, overlap: overlap ?? SigningKey.standardOverlap, now: request.now, generator: &generator)
        switch rotation {
        case .rotated(let secret, let key):
            return try .created(SigningKeyDocument(key, now: request.now, secret: Base64URL.encode(secret)), at: "/v1/signing-keys/\(key.id)")
        case .missing: throw Self.unknown
        case .revoked: throw ProblemDocument.conflict("signing_key_revoked", "This signing key is revoked: nothing follows it. Make a new one.")
        case .rotatedBefore(let key):
            throw ProblemDocument.conflict(
                "signing_key_rotated", "This signing key has been rotated already; \(key.successor?.text ?? "another") follows it. Rotate that one.")
        }
    }

    @Sendable private func revoke(_ request: RESTRequest) async throws -> RESTAnswer {
        guard try await store.revokeSigningKey(try request.id(or: Self.unknown), now: request.now) else { throw Self.unknown }
        return .nothing
    }
}

/// A signing key as REST shows it; its secret (base64url of 32 bytes) only in the answer to the request that made it.
private struct SigningKeyDocument: Encodable {
    var id: SigningKeyID
    var name: ShortLabel
    var state: String
    var secret: String?
    var createdAt: String
    var revokedAt: String?
    var successor: SigningKeyID?
    var retiresAt: String?

    init(_ key: SigningKey, now: Int64, secret: String? = nil) {
        state = key.state(now: now).rawValue
        successor = key.successor
        retiresAt = key.retiresAt.map(Timestamp.rfc3339)
        id = key.id
        name = key.name
        self.secret = secret
        createdAt = Timestamp.rfc3339(milliseconds: key.createdAt)
        revokedAt = key.revokedAt.map(Timestamp.rfc3339)
    }
}
