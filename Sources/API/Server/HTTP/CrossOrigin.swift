import HTTPTypes
import Hummingbird

/// Lets pages of the sites that the operator has named ask us from a browser (CORS, fetch.spec.whatwg.org section 3.2).
///
/// Only by what the page itself sends: there are no cookies, so credentials are never allowed, and `*` is no answer of ours.
struct CrossOrigin: RouterMiddleware {
    typealias Context = WebContext
    /// Seconds for which a browser need not ask again.
    private static let memory = "600"
    private static let requestHeaders = "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id"
    private static let answerHeaders =
        "ETag, Idempotent-Replayed, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id"

    let origins: Set<WebOrigin>

    init(origins: [WebOrigin]) { self.origins = Set(origins) }

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        var response = try await next(request, context)
        guard !origins.isEmpty else { return response }
        // Also for who is not named: what a cache keeps for one site must not be given to another.
        response.headers[.vary] = [response.headers[.vary], "Origin"].compactMap { $0 }.joined(separator: ", ")
        guard let origin = request.headers[.origin], let site = WebOrigin(origin), origins.contains(site) else { return response }
        response.headers[.accessControlAllowOrigin] = origin
        if request.method == .options, request.headers[.accessControlRequestMethod] != nil {
            // What the address itself says that it takes; for an unknown one there is nothing.
            response.headers[.accessControlAllowMethods] = response.headers[.allow]
            response.headers[.accessControlAllowHeaders] = Self.requestHeaders
            response.headers[.accessControlMaxAge] = Self.memory
        } else {
            response.headers[.accessControlExposeHeaders] = Self.answerHeaders
        }
        return response
    }
}
