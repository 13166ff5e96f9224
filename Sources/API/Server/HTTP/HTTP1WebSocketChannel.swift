import Domain
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// One port for REST, pages and the signal: HTTP/1.1, and a WebSocket where the first request asks for one.
///
/// Only the first request of a connection can upgrade (swift-nio issue 680). NIO's typed upgrade handler loses the head of a
/// request that asks for an upgrade and does not get it (swift-nio issue 2632); `FirstRequestGate` sees to it that it is only
/// ever asked for upgrades that `UpgradePolicy` then grants or answers by itself.
struct HTTP1WebSocketChannel: ServerChildChannel, HTTPChannelHandler {
    typealias WebSocket = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
    typealias HTTP = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    /// What a connection turned out to be.
    enum Negotiated: Sendable {
        /// With the address of whose browser it is.
        case webSocket(WebSocket, client: IPAddress?)
        case http(HTTP)
    }

    struct Value: ServerChildChannelValue {
        let negotiated: EventLoopFuture<Negotiated>
        let channel: any Channel
    }

    /// Longest time between the requests of a kept-alive connection.
    static let idleTimeout = Duration.seconds(75)
    /// Fragments that one frame may come in.
    static let fragmentLimit = 64

    let responder: HTTPChannelHandler.Responder
    let policy: UpgradePolicy
    let clients: ClientAddresses
    let isSecure: Bool
    /// Runs one socket until it is over.
    let serve: @Sendable (WebSocket, IPAddress?) async -> Void

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let encoder = HTTPResponseEncoder()
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = 16 * 1024
            limits.maxHeaderListSize = 32 * 1024
            limits.maxHeaderFieldCount = 100
            let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
            let gate = FirstRequestGate(isWebSocketPath: policy.isWebSocketPath)
            let upgrade = NIOTypedHTTPServerUpgradeHandler<Negotiated>(
                httpEncoder: encoder,
                extraHTTPHandlers: [decoder, gate],
                upgradeConfiguration: .init(upgraders: [upgrader()]) { channel in http(on: channel, logger: logger) })
            try pipeline.addHandlers([encoder, decoder, gate, upgrade])
            return Value(negotiated: upgrade.upgradeResultFuture, channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.negotiated.get() {
            case .http(let http): await handleHTTP(asyncChannel: http, logger: logger)
            case .webSocket(let socket, let client): await serve(socket, client)
            }
        } catch {
            // The connection ended before its first request did; the gate or the policy has said what there was to say.
            logger.trace("connection without a request", metadata: ["error": "\(error)"])
            try? await value.channel.close()
        }
    }

    private func upgrader() -> NIOTypedWebSocketServerUpgrader<Negotiated> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: ClientFrame.sizeLimit,
            enableAutomaticErrorHandling: false,
            shouldUpgrade: { channel, head in policy.decide(head, on: channel) },
            upgradePipelineHandler: { [clients] channel, head in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        WebSocketFrameRules(),
                        NIOWebSocketFrameAggregator(
                            minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: Self.fragmentLimit,
                            maxAccumulatedFrameSize: ClientFrame.sizeLimit),
                        ReadWhileClosing(),
                        DrainAfterFault(),
                    ])
                    return .webSocket(
                        try NIOAsyncChannel(wrappingChannelSynchronously: channel),
                        client: clients.client(peer: channel.remoteAddress, forwardedFor: head.headers["x-forwarded-for"]))
                }
            })
    }

    private func http(on channel: any Channel, logger: Logger) -> EventLoopFuture<Negotiated> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers([
                HTTP1ToHTTPServerCodec(secure: isSecure),
                SingleAnswer(),
                RequestDeadlines(),
                HTTPConnectionStateHandler(idleTimeout: Self.idleTimeout, logger: logger),
            ])
            return .http(try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }
}
