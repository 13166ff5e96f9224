import HTTPTypes
import Hummingbird

extension RouterMethods {
    /// A GET route that also answers HEAD, and refuses every other method with 405 and `Allow` (RFC 9110 section 15.5.6).
    @discardableResult
    func read(_ path: RouterPath, use handler: @Sendable @escaping (Request, Context) async throws -> Response) -> Self {
        get(path, use: handler)
        head(path) { request, context in try await handler(request, context).createHeadResponse() }
        on(path, method: .options) { _, _ in Response.options([.get, .head]) }
        return refuse([.post, .put, .patch, .delete, .trace, .connect, .query], on: path, allowing: [.get, .head])
    }

    private func refuse(_ methods: [HTTPRequest.Method], on path: RouterPath, allowing allowed: [HTTPRequest.Method]) -> Self {
        for method in methods {
            on(path, method: method) { _, _ -> Response in throw ProblemDocument.methodNotAllowed(allowed) }
        }
        return self
    }
}

extension HTTPRequest.Method {
    /// A safe request with a body, which is on its way to be a standard; nothing is asked by it here.
    static let query = HTTPRequest.Method("QUERY")!
}

extension Response {
    /// What may be asked of an address (RFC 9110 section 9.3.7); anybody may know.
    static func options(_ allowed: [HTTPRequest.Method]) -> Response {
        Response(status: .noContent, headers: [.allow: allowed.map(\.rawValue).joined(separator: ", "), .cacheControl: "no-store"])
    }
}
