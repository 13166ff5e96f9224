import Domain
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The context of one request.
struct WebContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let client: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        client = source.channel.remoteAddress
    }
}

/// One line per request. The path without its query: a link's query holds a phone number. Nor the slug of a link: it is the key to it.
struct AccessLog: RouterMiddleware {
    typealias Context = WebContext
    let clock: ServerClock

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        let start = clock.now
        let response = try await next(request, context)
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(Self.shown(request.uri.path))", "status": "\(response.status.code)",
                "client": "\(ShortenedAddress(context.client))", "microseconds": "\((clock.now - start) / .microseconds(1))",
            ])
        return response
    }

    private static func shown(_ path: String) -> String {
        path.hasPrefix(LinkSlug.folder) ? LinkSlug.folder + "…" : String(path.prefix(200))
    }
}
