import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on loopback that answers each path in its own way, and remembers what it was sent.
final class LoopbackServer: Sendable {
    struct Request: Sendable, Equatable {
        var head: String
        var body: String

        /// The value of a header, by its lowercase name.
        func header(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name + ":") }?.split(separator: ":", maxSplits: 1).last
                .map { $0.trimmingPrefix(" ") }.map(String.init)
        }
    }

    /// What a path answers; every other one gets 204.
    enum Answer: Sendable {
        case text(String)
        /// The text, then the other without end.
        case endless(String, then: String)
        case nothing
        case close
    }

    static let answers: [String: Answer] = [
        "/created": .text("HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello"),
        "/gone": .text("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"),
        "/busy": .text("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 77\r\nContent-Length: 0\r\n\r\n"),
        "/busy-until": .text("HTTP/1.1 503 Busy\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n"),
        "/busy-since": .text("HTTP/1.1 503 Busy\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n"),
        "/busy-madly": .text("HTTP/1.1 503 Busy\r\nRetry-After: 99999999999999999999999\r\nContent-Length: 0\r\n\r\n"),
        "/busy-oddly": .text("HTTP/1.1 503 Busy\r\nRetry-After: -5\r\nContent-Length: 0\r\n\r\n"),
        "/broken": .text("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops"),
        "/elsewhere": .text("HTTP/1.1 307 Temporary Redirect\r\nLocation: /created\r\nContent-Length: 0\r\n\r\n"),
        "/huge": .endless("HTTP/1.1 200 OK\r\n\r\n", then: String(repeating: "x", count: 65_536)),
        "/huge-failure": .endless("HTTP/1.1 500 No\r\n\r\n", then: String(repeating: "x", count: 65_536)),
        "/heads": .endless("HTTP/1.1 200 OK\r\n", then: "X-More: " + String(repeating: "x", count: 8_192) + "\r\n"),
        "/interim": .endless("", then: "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"),
        "/stalled": .text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"),
        "/garbage": .text("SSH-2.0-OpenSSH_9.2p1 Debian\r\n\r\n"),
        "/silent": .nothing,
        "/close": .close,
    ]

    let port: Int
    private let channel: any Channel
    private let seen = Mutex<[Request]>([])
    private let connected = Atomic<Int>(0)
    private let arrivals = AsyncStream<Void>.makeStream()

    /// A proxy that everything in this process is told of, and nothing may use: there is nobody.
    private static let trap = setenv("http_proxy", "http://127.0.0.1:9", 1) + setenv("https_proxy", "http://127.0.0.1:9", 1)

    var requests: [Request] { seen.withLock { $0 } }
    var connections: Int { connected.load(ordering: .relaxed) }

    /// Runs `body` beside a server; with `tls` it speaks nothing else.
    @discardableResult
    static func with<T>(tls: TLSConfiguration? = nil, _ body: (LoopbackServer) async throws -> T) async throws -> T {
        _ = trap
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let handlers = Handlers()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
                    try channel.pipeline.syncOperations.addHandler(Handler(handlers))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = LoopbackServer(channel)
        handlers.server.withLock { $0 = server }
        let result: Result<T, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        try? await channel.close()
        return try result.get()
    }

    private init(_ channel: any Channel) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
    }

    func url(_ path: String, scheme: String = "http") -> String { "\(scheme)://127.0.0.1:\(port)\(path)" }

    /// Waits until there were `count` requests.
    func wait(forRequests count: Int) async {
        if requests.count >= count { return }
        for await _ in arrivals.stream where requests.count >= count { return }
    }

    fileprivate func note(_ request: Request) {
        seen.withLock { $0.append(request) }
        arrivals.continuation.yield()
    }

    fileprivate func noteConnection() { connected.add(1, ordering: .relaxed) }

    fileprivate final class Handlers: Sendable {
        let server = Mutex<LoopbackServer?>(nil)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let handlers: Handlers
        private var received = ""
        private var endless: String?

        init(_ handlers: Handlers) { self.handlers = handlers }

        func channelActive(context: ChannelHandlerContext) {
            handlers.server.withLock { $0 }?.noteConnection()
            context.fireChannelActive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            guard let end = received.firstRange(of: "\r\n\r\n") else { return }
            var request = Request(head: String(received[..<end.lowerBound]), body: String(received[end.upperBound...]))
            guard let length = request.header("content-length").flatMap({ Int($0) }), request.body.utf8.count >= length else { return }
            request.body = String(decoding: request.body.utf8.prefix(length), as: UTF8.self)
            received = ""
            // Before the answer: who has it may count on the request being remembered.
            handlers.server.withLock { $0 }?.note(request)
            let path = String(request.head.split(separator: " ")[1])
            switch LoopbackServer.answers[path] ?? .text("HTTP/1.1 204 No Content\r\n\r\n") {
            case .text(let text): write(text, context)
            case .endless(let text, let more):
                write(text, context)
                endless = more
                flood(context)
            case .nothing: break
            case .close: context.close(promise: nil)
            }
        }

        private func write(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }

        /// As fast as the other side reads.
        private func flood(_ context: ChannelHandlerContext) {
            while let endless, context.channel.isWritable, context.channel.isActive { write(endless, context) }
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) { flood(context) }
        func channelInactive(context: ChannelHandlerContext) { endless = nil }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
