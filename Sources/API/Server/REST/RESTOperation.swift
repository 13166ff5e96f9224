import HTTPTypes

/// What one method of one address of `/v1` does, and which scope it takes.
///
/// The handler reads its input into domain values, asks the store, and shapes the answer; everything that all routes share
/// (key, scope, rate, size and type of the body, idempotency, problems) has happened before it runs.
package struct RESTOperation: Sendable {
    /// Bytes that a body may have, unless the operation says otherwise.
    package static let bodyLimit = 64 * 1024

    typealias Handler = @Sendable (RESTRequest) async throws -> RESTAnswer

    let method: HTTPRequest.Method
    /// Such as `trunks:write`.
    let scope: String
    let bodyLimit: Int
    /// Whether a body is read at all, and which types of it.
    let bodyTypes: [String]
    let handler: Handler

    /// Things whose answers hold what lets somebody in. A compressed body tells something about its content by its length (BREACH), so
    /// theirs are never compressed.
    private static let secretive = ["keys", "links", "signing-keys", "webhooks"]

    /// Only of reading.
    var mayBeCompressed: Bool { method == .get && !Self.secretive.contains { scope.hasPrefix($0 + ":") } }

    /// GET, and HEAD with it.
    static func read(_ scope: String, _ handler: @escaping Handler) -> RESTOperation {
        RESTOperation(method: .get, scope: scope, bodyLimit: 0, bodyTypes: [], handler: handler)
    }

    /// POST with a JSON body, or without a body; an `Idempotency-Key` makes it safe to send again.
    static func post(_ scope: String, bodyLimit: Int = bodyLimit, _ handler: @escaping Handler) -> RESTOperation {
        RESTOperation(method: .post, scope: scope, bodyLimit: bodyLimit, bodyTypes: ["application/json"], handler: handler)
    }

    /// PATCH with a JSON merge patch (RFC 7396): what is left out stays, null clears.
    ///
    /// Not PUT: secrets are write-only, so that nobody could send back the whole of what he has read.
    static func patch(_ scope: String, _ handler: @escaping Handler) -> RESTOperation {
        RESTOperation(
            method: .patch, scope: scope, bodyLimit: bodyLimit, bodyTypes: ["application/json", "application/merge-patch+json"], handler: handler)
    }

    static func delete(_ scope: String, _ handler: @escaping Handler) -> RESTOperation {
        RESTOperation(method: .delete, scope: scope, bodyLimit: 0, bodyTypes: [], handler: handler)
    }
}

/// The addresses of one kind of thing.
package protocol RESTResource: Sendable {
    func add(to routes: RESTRoutes)
}
