import Logging
import NIOCore
import NIOHTTP1

/// Who may open a signal socket. A refusal is written here and now: NIO's upgrade handler could not (swift-nio issue 2632).
struct UpgradePolicy: Sendable {
    let origins: PublicOrigins
    /// Whether an `ak_…` secret is valid; asked only where there is no `Origin`.
    let isKeyValid: @Sendable (String) async -> Bool
    let logger: Logger

    @Sendable func isWebSocketPath(_ path: String) -> Bool { path == "/signal" || path == "/signal.ashx" }

    /// `nil` when it has been refused.
    func decide(_ head: HTTPRequestHead, on channel: any Channel) -> EventLoopFuture<HTTPHeaders?> {
        switch verdict(head) {
        case .granted:
            return channel.eventLoop.makeSucceededFuture(HTTPHeaders())
        case .refused(let response):
            refuse(response, head, channel)
            return channel.eventLoop.makeSucceededFuture(nil)
        case .keyNeeded(let key):
            return channel.eventLoop.makeFutureWithTask { await isKeyValid(key) }.map { isValid in
                if isValid { return HTTPHeaders() }
                refuse(.problem(.unauthorized, code: "unauthorized", detail: "The API key is not valid."), head, channel)
                return nil
            }
        }
    }

    private enum Verdict {
        case granted
        case refused(RawResponse)
        case keyNeeded(String)
    }

    private func verdict(_ head: HTTPRequestHead) -> Verdict {
        // A page of another site resolves its own name to this address to get in (DNS rebinding): Host gives it away.
        let hosts = head.headers["host"]
        guard hosts.count == 1, origins.allows(host: hosts[0]) else {
            return .refused(
                .problem(.forbidden, code: "forbidden_host", detail: "This server is not reached by this host name. Add it with --public-url."))
        }
        let named = head.headers["origin"]
        if named.isEmpty {
            let authorization = head.headers["authorization"]
            guard authorization.count == 1, let key = APIKeyHeader.key(in: authorization[0]) else {
                return .refused(.problem(.forbidden, code: "forbidden_origin", detail: "A connection without an Origin needs an API key."))
            }
            return .keyNeeded(key)
        }
        guard named.count == 1, origins.allows(origin: named[0]) else {
            return .refused(.problem(.forbidden, code: "forbidden_origin", detail: "Pages of this origin may not connect here."))
        }
        return .granted
    }

    private func refuse(_ response: RawResponse, _ head: HTTPRequestHead, _ channel: any Channel) {
        logger.notice(
            "signal socket refused",
            metadata: [
                "status": "\(response.head.status.code)", "client": "\(ShortenedAddress(channel.remoteAddress))",
            ])
        response.writeAndClose(on: channel)
    }
}
