import HTTPTypes
import Hummingbird

extension RouterMethods {
    /// A GET route that also answers HEAD, and refuses every other method with 405 and `Allow` (RFC 9110 section 15.5.6).
    @discardableResult
    func read(_ path: RouterPath, use handler: @Sendable @escaping (Request, Context) async throws -> Response) -> Self {
        get(path, use: handler)
        head(path) { request, context in try await handler(request, context).createHeadResponse() }
        return refuse([.post, .put, .patch, .delete, .options, .trace, .connect], on: path, allowing: [.get, .head])
    }

    private func refuse(_ methods: [HTTPRequest.Method], on path: RouterPath, allowing allowed: [HTTPRequest.Method]) -> Self {
        for method in methods {
            on(path, method: method) { _, _ -> Response in throw ProblemDocument.methodNotAllowed(allowed) }
        }
        return self
    }
}
