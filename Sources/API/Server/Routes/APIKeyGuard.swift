import HTTPTypes
import Hummingbird

/// Lets only requests pass whose API key has the scope.
struct APIKeyGuard: RouterMiddleware {
    typealias Context = WebContext

    /// A key that may do everything.
    static let everything = "*"

    /// Such as `calls:read`.
    let scope: String
    let calls: any CallBook
    let clock: ServerClock

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        guard let header = request.headers[.authorization], let key = APIKeyHeader.key(in: header),
            let scopes = try await calls.scopes(ofKey: key, now: clock.wallMilliseconds)
        else { throw ProblemDocument.unauthorized }
        guard scopes.contains(scope) || scopes.contains(Self.everything) else {
            throw ProblemDocument(.forbidden, code: "forbidden", detail: "This API key has not the scope \(scope).")
        }
        return try await next(request, context)
    }
}
