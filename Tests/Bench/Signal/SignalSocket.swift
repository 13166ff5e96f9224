import Foundation
import Linux
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A WebSocket to `/signal`, as a page has it. Used by one task at a time.
final class SignalSocket {
    private static let patience = TimeAmount.seconds(10)
    private static let keepalive = TimeAmount.seconds(20)

    /// What is sent, for whoever does not read.
    let line: SignalLine
    /// All that is to come, for one who reads after all `receive` are done.
    let news: AsyncStream<ServerFrame>
    private let channel: any Channel
    private var frames: AsyncStream<ServerFrame>.Iterator

    private init(channel: any Channel, frames: AsyncStream<ServerFrame>) {
        self.channel = channel
        line = SignalLine(channel: channel)
        news = frames
        self.frames = frames.makeAsyncIterator()
        channel.eventLoop.scheduleRepeatedTask(initialDelay: Self.keepalive, delay: Self.keepalive) { [channel, line] task in
            if channel.isActive { line.send(.ping) } else { task.cancel() }
        }
    }

    /// - Parameter local: the address to come from; the server counts joins by it.
    static func open(_ server: Server, from local: String? = nil) async throws -> SignalSocket {
        let (frames, sink) = AsyncStream.makeStream(of: ServerFrame.self)
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        if let local { bootstrap = bootstrap.bind(to: try NIOCore.SocketAddress(ipAddress: local, port: 0)) }
        let upgraded: EventLoopFuture<(any Channel)?> =
            try await bootstrap
            .connect(host: server.host, port: server.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrader = NIOTypedWebSocketClientUpgrader<(any Channel)?>(upgradePipelineHandler: { channel, _ in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(SignalHandler(sink))
                            return channel
                        }
                    })
                    let headers: HTTPHeaders = ["Host": "\(server.host):\(server.port)", "Origin": server.origin]
                    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/signal", headers: headers)
                    let upgrade = NIOTypedHTTPClientUpgradeConfiguration<(any Channel)?>(
                        upgradeRequestHead: head, upgraders: [upgrader],
                        notUpgradingCompletionHandler: { $0.eventLoop.makeSucceededFuture(nil) })
                    return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                        configuration: .init(upgradeConfiguration: upgrade))
                }
            }
        guard let channel = try await upgraded.get() else { throw BenchError("\(server.origin)/signal does not upgrade to a WebSocket.") }
        return SignalSocket(channel: channel, frames: frames)
    }

    func send(_ frame: ClientFrame) { line.send(frame) }

    /// The next frame that is `wanted`; others are passed over, an error ends the wait.
    func receive(_ what: String, _ wanted: (ServerFrame) -> Bool) async throws -> ServerFrame {
        // Without its socket the stream ends, and so does the wait.
        let timeout = channel.eventLoop.scheduleTask(in: Self.patience) { [channel] in channel.close(promise: nil) }
        defer { timeout.cancel() }
        while let frame = await frames.next() {
            if wanted(frame) { return frame }
            guard frame.type != "error" else {
                throw BenchError("the server answered \(frame.code ?? "an error") (\(frame.detail ?? "")) in place of \(what)")
            }
        }
        throw BenchError("\(what) did not come")
    }

    func close() async { await line.close() }
}

/// Hands text frames on and answers pings.
private final class SignalHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let sink: AsyncStream<ServerFrame>.Continuation

    init(_ sink: AsyncStream<ServerFrame>.Continuation) { self.sink = sink }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        switch frame.opcode {
        case .text:
            let arrival = MonotonicClock.now()
            let json = Data(frame.unmaskedData.readableBytesView)
            guard var frame = try? JSONDecoder().decode(ServerFrame.self, from: json) else { return }
            frame.arrival = arrival
            sink.yield(frame)
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
            context.writeAndFlush(Self.wrapOutboundOut(pong), promise: nil)
        case .connectionClose: context.close(promise: nil)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) { sink.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
