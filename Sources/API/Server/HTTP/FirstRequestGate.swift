import NIOCore
import NIOHTTP1

/// Looks at the first request of a connection before NIO's upgrade handler does.
///
/// That handler loses the head of a request that asks for an upgrade and is not upgraded (swift-nio issue 2632). So `Upgrade` is
/// taken out of every head that is no well-formed WebSocket request for a WebSocket path, and the router answers it as what it
/// is. The gate also answers 400 to what is no HTTP, and closes a connection that never sends a request.
package final class FirstRequestGate: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPServerRequestPart
    package typealias InboundOut = HTTPServerRequestPart
    package typealias OutboundOut = HTTPServerResponsePart

    package static let patience = TimeAmount.seconds(10)

    private let isWebSocketPath: (String) -> Bool
    private var isOpen = false
    private var hasRefused = false
    private var timer: Scheduled<Void>?

    package init(isWebSocketPath: @escaping (String) -> Bool) { self.isWebSocketPath = isWebSocketPath }

    package func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    package func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    /// The server goes down: a connection that has not asked for anything has nothing to wait for.
    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if !isOpen, event is ChannelShouldQuiesceEvent { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOpen, case .head(var head) = Self.unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        isOpen = true
        timer?.cancel()
        if (head.headers.contains(name: "upgrade") || head.method == .CONNECT) && !asksForWebSocket(head) {
            head.headers.remove(name: "Upgrade")
            // The parser has stopped behind this head, since another protocol could begin there: what follows is lost to it.
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        }
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // After the first request the HTTP handlers behind this one answer for themselves.
        guard !isOpen, error is HTTPParserError else { return context.fireErrorCaught(error) }
        guard !hasRefused else { return }
        hasRefused = true
        let refusal = RawResponse.problem(.badRequest, code: "malformed_request", detail: "The request is not HTTP/1.1.")
        refusal.writeAndClose(on: context.channel)
    }

    /// RFC 6455 section 4.2.1, as far as NIO's upgrader insists on it.
    private func asksForWebSocket(_ head: HTTPRequestHead) -> Bool {
        let path = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
        return head.method == .GET && head.version == .http1_1 && isWebSocketPath(path)
            && head.headers[canonicalForm: "upgrade"].map { $0.lowercased() } == ["websocket"]
            && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
            && head.headers["sec-websocket-version"] == ["13"]
            && head.headers["sec-websocket-key"].count == 1
            && head.headers["sec-websocket-key"].first.map(Self.isNonce) == true
    }

    /// 16 bytes in base64.
    private static func isNonce(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        return bytes.count == 24 && bytes[22...] == [UInt8(ascii: "="), UInt8(ascii: "=")]
            && bytes[..<22].allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}
