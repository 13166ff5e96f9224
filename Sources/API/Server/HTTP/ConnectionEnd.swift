import HTTPTypes
import Hummingbird

/// Says so when a connection ends with this answer (RFC 9112 section 9.6).
struct ConnectionEnd<Context: RequestContext>: RouterMiddleware {
    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        var response = try await next(request, context)
        if request.headers[.connection]?.lowercased() == "close" { response.headers[.connection] = "close" }
        return response
    }
}
