import Crypto
import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The control endpoint of a bridge that exists only here, with faults to order.
actor ControlEndpoint {
    static let keys = InstallationKeys(secret: [UInt8](repeating: 7, count: 32))!
    static let id = "bridge-1"

    enum Fault: Sendable {
        /// The command is done, and its answer lost.
        case loseAnswer
        /// The answer is signed with a key that is not the bridge's.
        case forgeAnswer
        /// The bridge has restarted: another epoch from here on, nothing done.
        case restart
    }

    /// Random, as a bridge's is: books of earlier runs must not take our events for theirs.
    private(set) var epoch = UInt64.random(in: 1 << 20...1 << 40)
    private(set) var hellos = 0
    /// Ids of all commands as they came, and of those that were done.
    private(set) var received: [String] = []
    private(set) var done: [String] = []
    /// What was asked, each id once.
    private(set) var commands: [BridgeCommand] = []
    private(set) var refused = 0
    private var faults: [Fault] = []
    private var events: [BridgeEvent] = []
    /// What earlier epochs have left.
    private(set) var former: [(epoch: UInt64, events: [BridgeEvent])] = []
    private(set) var acknowledged: UInt64 = 0
    var published: UInt64 = 0
    private var verifier = ControlVerifier(keys: ControlKeys(keys.controlToBridge))
    private let progress = AsyncStream<Void>.makeStream()

    func order(_ faults: [Fault]) { self.faults = faults }
    func leave(_ events: [BridgeEvent], of epoch: UInt64) { former.append((epoch, events)) }
    func publish(_ events: [BridgeEvent]) { self.events += events }

    /// Waits until `condition` holds; it is looked at after each request.
    func wait(until condition: @Sendable (isolated ControlEndpoint) -> Bool) async {
        for await _ in progress.stream where condition(self) { return }
    }

    /// Runs the endpoint beside `body`, which is given its URL.
    nonisolated func run(_ body: @Sendable (String) async throws -> Void) async throws {
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let router = Router()
        router.post("/control/:what") { request, context in
            let bytes = Array(try await request.body.collect(upTo: 1 << 20).readableBytesView)
            return try await self.answer(request.uri.path, bytes, header: request.headers[HTTPField.Name(ControlSignature.headerName)!])
        }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { listening.yield($0.localAddress?.port ?? 0) }, logger: quiet)
        let group = ServiceGroup(configuration: .init(services: [application], logger: quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = await iterator.next() ?? 0
            try await body("http://127.0.0.1:\(port)")
            tasks.cancelAll()
        }
    }

    private func answer(_ path: String, _ body: [UInt8], header: String?) throws -> Response {
        defer { progress.continuation.yield() }
        let decoder = JSONDecoder()
        let data = Data(body)
        let claimed: UInt64
        switch path {
        case "/control/command": claimed = try decoder.decode(CommandRequest.self, from: data).epoch
        case "/control/events": claimed = try decoder.decode(EventsRequest.self, from: data).epoch
        default: claimed = 0
        }
        let request = ControlRequest(audience: Self.id, epoch: claimed, method: "POST", target: path, body: body)
        guard case .genuine(let nonce) = verifier.verify(request, header: header, now: Int64(Date().timeIntervalSince1970)) else {
            refused += 1
            return Response(status: .unauthorized)
        }
        guard claimed == 0 || claimed == epoch else { return signed(.conflict, [], nonce) }
        switch path {
        case "/control/hello":
            hellos += 1
            let hello = HelloAnswer(bridge: Self.id, epoch: epoch, build: "test", liveCalls: [], rooms: [], formerEpochs: former.map(\.epoch))
            return signed(.ok, try encode(hello), nonce)
        case "/control/events":
            let asked = try decoder.decode(EventsRequest.self, from: data)
            if let epoch = asked.former { return signed(.ok, try encode(left(of: epoch, after: asked.acknowledged)), nonce) }
            acknowledged = max(acknowledged, asked.acknowledged)
            events.removeAll { $0.position <= asked.acknowledged }
            return signed(.ok, try encode(EventsAnswer(events: events, signals: [])), nonce)
        default:
            return try perform(try decoder.decode(CommandRequest.self, from: data), nonce)
        }
    }

    /// Two at a time.
    private func left(of epoch: UInt64, after acknowledged: UInt64) -> EventsAnswer {
        guard let index = former.firstIndex(where: { $0.epoch == epoch }) else { return EventsAnswer(events: [], signals: []) }
        former[index].events.removeAll { $0.position <= acknowledged }
        defer { former.removeAll(where: \.events.isEmpty) }
        return EventsAnswer(events: Array(former[index].events.prefix(2)), signals: [])
    }

    private func perform(_ command: CommandRequest, _ nonce: ControlNonce) throws -> Response {
        received.append(command.id)
        let fault = faults.isEmpty ? nil : faults.removeFirst()
        if case .restart = fault {
            epoch += 1
            return signed(.conflict, [], nonce)
        }
        if !done.contains(command.id) {
            done.append(command.id)
            commands.append(command.command)
        }
        let body = try encode(Self.reply(to: command.command))
        switch fault {
        case .loseAnswer: return Response(status: .badGateway)
        case .forgeAnswer: return signed(.ok, body, nonce, keys: Self.keys.controlToBridge)
        case .restart, nil: return signed(.ok, body, nonce)
        }
    }

    private static func reply(to command: BridgeCommand) -> BridgeAnswer {
        guard case .join(let join) = command else { return .accepted }
        let newcomer = Participant(id: .peer(join.peer), kind: .browser, name: join.name.text, microphone: true, camera: false)
        return .joined(participants: [newcomer], isLocked: false)
    }

    private func encode(_ value: some Encodable) throws -> [UInt8] { Array(try JSONEncoder().encode(value)) }

    private func signed(
        _ status: HTTPResponse.Status, _ body: [UInt8], _ nonce: ControlNonce, keys: SymmetricKey = ControlEndpoint.keys.controlToAPI
    ) -> Response {
        let header = ControlAnswerSignature.header(nonce: nonce, status: status.code, body: body, keys: ControlKeys(keys))
        return Response(
            status: status, headers: [HTTPField.Name(ControlSignature.headerName)!: header],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
