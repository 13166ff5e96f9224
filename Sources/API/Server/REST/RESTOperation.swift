import HTTPTypes
import Hummingbird

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
    /// Writes the body of a 200, whose handler has said that it may be had; `nil` for what the handler answers itself.
    var stream: (@Sendable (_ query: Parameters) throws -> ResponseBody)?

    /// Things whose answers hold what lets somebody in. A compressed body tells something about its content by its length (BREACH), so
    /// theirs are never compressed.
    private static let secretive = ["keys", "links", "signing-keys", "webhooks"]

    /// Only of reading.
    var mayBeCompressed: Bool { method == .get && !Self.secretive.contains { scope.hasPrefix($0 + ":") } }

    /// GET, and HEAD with it.
    static func read(_ scope: String, _ handler: @escaping Handler) -> RESTOperation {
        RESTOperation(method: .get, scope: scope, bodyLimit: 0, bodyTypes: [], handler: handler)
    }

    /// GET of a document that is written while it is read, and HEAD with it.
    static func stream(
        _ scope: String, type: String, check: @escaping @Sendable (RESTRequest) async throws -> Void,
        _ body: @escaping @Sendable (_ query: Parameters) throws -> ResponseBody
    ) -> RESTOperation {
        RESTOperation(method: .get, scope: scope, bodyLimit: 0, bodyTypes: []) { request in
            try await check(request)
            return RESTAnswer(status: 200, headers: ["Content-Type": type])
        } stream: { query in
            try body(query)
        }
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
