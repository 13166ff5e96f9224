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
        // The request has a name of ours (`RequestID`); one is enough.
        logger[metadataKey: "hb.request.id"] = nil
    }
}

/// One line per request, and its part in the metrics. The path without its query: a link's query holds a phone
/// number. Nor the slug of a link: it is the key to it.
struct AccessLog: RouterMiddleware {
    typealias Context = WebContext
    let clock: ServerClock
    let metrics: RequestMetrics
    /// What the router calls the place of requests that it has no route for.
    private static let nowhere = "NotFound"

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        let start = clock.now
        let response = try await next(request, context)
        let took = clock.now - start
        metrics.note(
            method: request.method.rawValue, route: context.endpointPath.flatMap { $0 == Self.nowhere ? nil : $0 }, status: response.status.code,
            took: took)
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(Self.shown(request.uri.path))", "status": "\(response.status.code)",
                "client": "\(ShortenedAddress(context.client))", "microseconds": "\(Int(took / .microseconds(1)))",
            ])
        return response
    }

    private static func shown(_ path: String) -> String {
        path.hasPrefix(LinkSlug.folder) ? LinkSlug.folder + "…" : String(path.prefix(200))
    }
}
