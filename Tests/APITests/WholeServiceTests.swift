import API
import Domain
import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Store
import Testing

/// A database that tests may fill.
private enum TestDatabase {
    static let conninfo = ProcessInfo.processInfo.environment["RINGLINK_TEST_DATABASE"]
}

/// The web process as it is started, over PostgreSQL and a bridge that exists only here.
@Suite("The web process", .enabled(if: TestDatabase.conninfo != nil, "RINGLINK_TEST_DATABASE names no database"))
struct WholeServiceTests {
    @Test("A call from the click to its end: frames, commands, events and the record agree")
    func call() async throws {
        let endpoint = ControlEndpoint()
        var generator = SystemRandomNumberGenerator()
        let room = RoomSlug(random: &generator)
        let load = HexDigits.random(count: 32, using: &generator)
        try await Self.serve(endpoint) { port in
            try await LoopbackConnection.open(port: port) { connection in
                try await connection.send(WebSocketProbe.upgrade(host: "127.0.0.1:\(port)", origin: "http://127.0.0.1:\(port)"))
                #expect(await connection.readHead().hasPrefix("HTTP/1.1 101 "))
                try await connection.send(WebSocketProbe.text(#"{"type":"join","room":"\#(room)","name":"Ada","load":"\#(load)"}"#))
                #expect(await connection.readFrame()?.contains(#""type":"welcome""#) == true)

                try await connection.send(WebSocketProbe.text(#"{"type":"dial","number":"600","key":"key-0001"}"#))
                #expect(await connection.readFrame()?.contains(#""key":"key-0001","number":"600","label":"Echo test","state":"queued""#) == true)
                await endpoint.wait { $0.dial != nil }
                let dial = try #require(await endpoint.dial)
                #expect(dial.room == room && dial.target == .echo)

                await endpoint.publish(dial.call, [.callDialling(room: room), .callAnswered(room: room)])
                #expect(await connection.readFrame()?.contains(#""state":"dialling""#) == true)
                #expect(
                    await connection.readFrame()?.contains(#""state":"answered","early_media":false,"answered_seconds":0,"starter":true"#) == true)

                try await connection.send(WebSocketProbe.text(#"{"type":"hangup","call":"\#(dial.call)"}"#))
                await endpoint.wait { $0.commands.last == .hangup(call: dial.call, by: .user) }
                let ending = CallEnding(outcome: .completed, by: .user, detail: "", talkSeconds: 3)
                await endpoint.publish(dial.call, [.callEnded(room: room, ending)])
                #expect(
                    await connection.readFrame()?.contains(#""state":"ended","early_media":false,"outcome":"completed","talk_seconds":3"#) == true)

                // The page sends a dial again until it hears of it: the same key is the same call, however late.
                try await connection.send(WebSocketProbe.text(#"{"type":"dial","number":"600","key":"key-0001"}"#))
                #expect(await connection.readFrame()?.contains(#""state":"ended""#) == true)
                #expect(await endpoint.commands.count { if case .dial = $0 { true } else { false } } == 1)
            }
            let summary = try await LoopbackConnection.open(port: port) { connection in
                try await connection.send("GET /signal?healthsummary=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                return RawAnswer(await connection.readToEnd())
            }
            #expect(summary.status == 200 && summary.body.contains(#""calls":{"#))
        }
    }

    @Test("A trunk made by REST is at the bridge before the answer, with its password, and the next dial goes over it")
    func trunk() async throws {
        let endpoint = ControlEndpoint()
        var generator = SystemRandomNumberGenerator()
        let room = RoomSlug(random: &generator)
        let load = HexDigits.random(count: 32, using: &generator)
        // A prefix of its own: other runs' trunks lie in the same database.
        let number = "+49" + (0..<9).map { _ in String(Int.random(in: 1...9, using: &generator)) }.joined()
        try await Self.serve(endpoint) { port in
            let key = try await Self.key()
            try await LoopbackConnection.open(port: port) { connection in
                try await connection.send(WebSocketProbe.upgrade(host: "127.0.0.1:\(port)", origin: "http://127.0.0.1:\(port)"))
                #expect(await connection.readHead().hasPrefix("HTTP/1.1 101 "))
                try await connection.send(WebSocketProbe.text(#"{"type":"join","room":"\#(room)","name":"Ada","load":"\#(load)"}"#))
                // In the room: so the bridge is there.
                _ = await connection.readFrame()

                let body = #"{"name":"Carrier","host":"192.0.2.1","username":"u","password":"trunk-secret","priority":0,"prefixes":["\#(number)"]}"#
                let made = try await LoopbackConnection.open(port: port) { connection in
                    try await connection.send(
                        "POST /v1/trunks HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer \(key)\r\n"
                            + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
                    return RawAnswer(await connection.readToEnd())
                }
                #expect(made.status == 201 && made["etag"] == "\"v1\"" && !made.body.contains("trunk-secret"))
                let id = try #require(made["location"].flatMap { TrunkID(String($0.dropFirst("/v1/trunks/".count))) })
                let setup = try #require(await endpoint.setups.last)
                #expect(setup.trunks.first { $0.id == id }?.password == "trunk-secret")

                try await connection.send(WebSocketProbe.text(#"{"type":"dial","number":"\#(number)","key":"key-0001"}"#))
                #expect(await connection.readFrame()?.contains(#""state":"queued""#) == true)
                await endpoint.wait { $0.dial != nil }
                #expect(await endpoint.dial?.target == .trunks(TrunkRoute(number: number, trunks: [id])))
            }
        }
    }

    @Test("A port that is taken is an error that names it")
    func portTaken() async throws {
        let taken = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(taken.localAddress?.port)
        await #expect(throws: ListenError.addressInUse(ListenAddress(host: "127.0.0.1", port: port))) {
            try await Self.service(port: port, bridge: "http://127.0.0.1:1").run()
        }
        try await taken.close()
    }

    // MARK: Setting up

    /// A key that may do everything.
    private static func key() async throws -> String {
        let store = try await Store.open(conninfo: TestDatabase.conninfo ?? "", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var generator = SystemRandomNumberGenerator()
        let made = try await store.createKey(
            name: "test", scopes: ["*"], now: ServerClock().wallMilliseconds, generator: &generator)
        await store.close()
        return made.secret.text
    }

    private static func service(port: Int, bridge: String, onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in }) -> APIService {
        let configuration = APIConfiguration(
            database: TestDatabase.conninfo ?? "", binds: [ListenAddress(host: "127.0.0.1", port: port)], bridgeURL: bridge,
            secret: [UInt8](repeating: 7, count: 32), build: "test")
        return APIService(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onListening: onListening)
    }

    /// Runs `body` beside the process, then ends it gracefully.
    private static func serve(_ endpoint: ControlEndpoint, _ body: @Sendable (Int) async throws -> Void) async throws {
        try await endpoint.run { url in
            let port = try await freePort()
            let (addresses, listening) = AsyncStream<ListenAddress>.makeStream()
            let service = service(port: port, bridge: url) { listening.yield($0) }
            let group = ServiceGroup(configuration: .init(services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                var iterator = addresses.makeAsyncIterator()
                _ = await iterator.next()
                let outcome: Result<Void, any Error>
                do {
                    outcome = .success(try await body(port))
                } catch {
                    outcome = .failure(error)
                }
                let start = ContinuousClock.now
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                #expect(ContinuousClock.now - start < .seconds(2))
                try outcome.get()
            }
        }
    }

    /// One that was free a moment ago.
    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        try await channel.close()
        return port
    }
}

extension ControlEndpoint {
    /// What it was told of trunks and extensions, after its hello.
    var setups: [BridgeSetup] { commands.compactMap { if case .configure(let setup) = $0 { setup } else { nil } } }

    /// The last call that was asked for.
    var dial: DialCommand? {
        for case .dial(let dial) in commands.reversed() { return dial }
        return nil
    }

    /// What happens to a call next.
    func publish(_ call: CallID, _ changes: [BridgeEvent.Change]) {
        for change in changes {
            published += 1
            publish([
                BridgeEvent(
                    position: published, stream: .call(call), sequence: published, atMilliseconds: ServerClock().wallMilliseconds, change: change)
            ])
        }
    }
}
