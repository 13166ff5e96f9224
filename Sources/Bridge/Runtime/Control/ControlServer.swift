import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Linux
import Logging
import NIOCore
import SIP

/// The signed control endpoint: `hello`, `command`, `events` and `figures`, the only way to speak with a bridge.
struct ControlServer: Sendable {
    private static let bodyLimit = 8 << 20
    private static let signature = HTTPField.Name(ControlSignature.headerName)

    let gate: ControlGate
    let answerKeys: ControlKeys
    let build: String
    let threads: MediaThreads
    let log: EventLog
    let ledger = CommandLedger()
    /// What this process takes of its machine.
    let processFigures: @Sendable () -> ProcessFigures?
    let logger: Logger

    var router: Router<BasicRequestContext> {
        let router = Router()
        router.post("/control/hello") { request, _ in
            try await answer(request, as: HelloRequest.self, epoch: { _ in 0 }) { .ok(await hello($0)) }
        }
        router.post("/control/command") { request, _ in
            try await answer(request, as: CommandRequest.self, epoch: \.epoch) { await perform($0) }
        }
        router.post("/control/events") { request, _ in
            try await answer(request, as: EventsRequest.self, epoch: \.epoch) { await events($0) }
        }
        router.post("/control/figures") { request, _ in
            try await answer(request, as: FiguresRequest.self, epoch: \.epoch) { _ in .ok(await figures()) }
        }
        return router
    }

    /// What a handler came to: a value for a 200, or the status of a signed refusal.
    private enum Reply {
        case ok(any Encodable & Sendable)
        case status(HTTPResponse.Status)
    }

    private func hello(_ request: HelloRequest) async -> HelloAnswer {
        threads.configure(request.setup)
        let snapshot = await threads.snapshot()
        return HelloAnswer(
            bridge: gate.id, epoch: gate.epoch, build: build, liveCalls: snapshot.liveCalls, rooms: snapshot.rooms, formerEpochs: log.formerEpochs)
    }

    private func figures() async -> BridgeFigures {
        let (snapshot, sip) = (await threads.snapshot(), await threads.sipCounters())
        return BridgeFigures(
            epoch: gate.epoch, rooms: snapshot.rooms.count, browsers: snapshot.rooms.reduce(0) { $0 + $1.participants.count },
            liveCalls: snapshot.liveCalls.count, pendingEvents: log.pendingCount,
            refusedRequests: Dictionary(uniqueKeysWithValues: gate.refusedCounts.map { ($0.key.rawValue, $0.value) }),
            droppedSIP: [
                "malformed": sip.malformed, "stray_response": sip.strayResponses, "over_budget": sip.overBudget, "over_limit": sip.overLimit,
            ],
            process: processFigures())
    }

    private func perform(_ request: CommandRequest) async -> Reply {
        // A command that waited too long is not done any more, and its sender has said so by then.
        guard request.expiresAtMilliseconds > MonotonicClock.wallClockNanoseconds() / 1_000_000 else { return .status(.gone) }
        // A question changes nothing: its answer is of this moment, and is kept for nobody.
        if case .query = request.command { return .ok(await threads.perform(request.command)) }
        return .ok(await ledger.answer(request.id) { await threads.perform(request.command) })
    }

    private func events(_ request: EventsRequest) async -> Reply {
        if let former = request.former { return .ok(log.next(of: former, acknowledged: request.acknowledged)) }
        let wait = Duration.milliseconds(min(max(request.waitMilliseconds, 0), 20_000))
        return .ok(await log.next(acknowledged: request.acknowledged, wait: wait))
    }

    /// Verifies, decodes, hands to `handle`, and signs what comes back. Whatever is not believed is answered 401, in no more words.
    private func answer<Body: Decodable>(
        _ request: Request, as type: Body.Type, epoch: (Body) -> UInt64, handle: (Body) async -> Reply
    ) async throws -> Response {
        let buffer = try await request.body.collect(upTo: Self.bodyLimit)
        let bytes = Array(buffer.readableBytesView)
        let body = try? JSONDecoder().decode(type, from: Data(bytes))
        let header = Self.signature.flatMap { request.headers[$0] }
        let now = MonotonicClock.wallClockNanoseconds() / 1_000_000_000
        switch gate.verify(target: request.uri.string, body: bytes, header: header, claimed: body.map(epoch) ?? gate.epoch, now: now) {
        case .refused(let refusal):
            logger.warning("control request refused", metadata: ["reason": "\(refusal.rawValue)"])
            return Response(status: .unauthorized)
        case .otherEpoch(let nonce): return try signed(.status(.conflict), nonce)
        case .genuine(let nonce):
            guard let body else { return try signed(.status(.badRequest), nonce) }
            return try signed(await handle(body), nonce)
        }
    }

    private func signed(_ reply: Reply, _ nonce: ControlNonce) throws -> Response {
        let status: HTTPResponse.Status
        let body: [UInt8]
        switch reply {
        case .ok(let value): (status, body) = (.ok, Array(try JSONEncoder().encode(value)))
        case .status(let other): (status, body) = (other, [])
        }
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        if let name = Self.signature {
            headers[name] = ControlAnswerSignature.header(nonce: nonce, status: status.code, body: body, keys: answerKeys)
        }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
