import API
import Crypto
import Domain
import Logging
import ServiceLifecycle
import Testing

/// The real web server on a free loopback port, over fake books and a fake bridge.
struct RunningServer: Sendable {
    static let host = "phone.example"

    let port: Int
    let calls: FakeCallBook
    let bridge: FakeBridge
    private let group: ServiceGroup

    /// Asks the server to go, as SIGTERM does.
    func shutDown() async { await group.triggerGracefulShutdown() }

    /// Runs `body` beside a server, then shuts the server down gracefully.
    static func with<Value: Sendable>(
        embedding: [String] = [], isBridgeAlive: Bool = true, requestsPerMinute: Int = 600, _ body: @Sendable (RunningServer) async throws -> Value
    ) async throws -> Value {
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let calls = FakeCallBook()
        let bridge = FakeBridge()
        let origins = PublicOrigins(
            own: [WebOrigin("http://\(host)")!, WebOrigin("https://\(host)")!], embedding: embedding.compactMap(WebOrigin.init))
        let settings = WebServer.Settings(
            binds: [ListenAddress(host: "127.0.0.1", port: 0)], origins: origins, build: "ringlink test build",
            requestsPerMinute: requestsPerMinute)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = WebServer(
            settings, calls: calls, bridge: bridge, isBridgeAlive: { isBridgeAlive }, resumeKey: SymmetricKey(size: .bits256),
            clock: ServerClock(), logger: quiet, onListening: { listening.yield($0.port) })
        let group = ServiceGroup(configuration: .init(services: [server], logger: quiet))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            do {
                let value = try await body(RunningServer(port: port, calls: calls, bridge: bridge, group: group))
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return value
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
        }
    }

    /// A plain TCP connection for `body`.
    func connect<Value: Sendable>(_ body: @Sendable (inout LoopbackConnection) async throws -> Value) async throws -> Value {
        try await LoopbackConnection.open(port: port, body)
    }

    /// One request on a connection of its own.
    func request(_ method: String, _ target: String, _ headers: [String] = []) async throws -> RawAnswer {
        try await connect { connection in
            let lines = ["\(method) \(target) HTTP/1.1", "Host: \(Self.host)", "Connection: close"] + headers
            try await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
            return RawAnswer(await connection.readToEnd())
        }
    }
}
