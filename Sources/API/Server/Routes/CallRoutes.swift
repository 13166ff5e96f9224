import Crypto
import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Store

/// `/v1/calls`: calls as programs see, start and end them.
///
/// A route is thin: it reads its input into domain values, asks the books, and shapes the answer. Rules live elsewhere.
struct CallRoutes: RESTResource {
    /// Calls that the export reads at once.
    private static let exportPage = 500
    private static let waits = 1...600
    private static let standardWait = 60
    private static let seconds = 1...86_400
    private static let unknown = ProblemDocument.unknown(Problem(.unknownCall))

    let calls: any CallBook
    let dialling: DialDesk
    let bridge: any BridgeConnection
    let clock: ServerClock

    func add(to routes: RESTRoutes) {
        routes.at("/calls", .read("calls:read", list), .post("calls:write", start))
        routes.at("/calls.csv", .stream("calls:read", type: CallTable.contentType, check: check, export))
        routes.at("/calls/:id", .read("calls:read", read))
        routes.at("/calls/:id/hangup", .post("calls:write", hangUp))
        routes.at("/calls/:id/dtmf", .post("calls:write", dtmf))
        routes.at("/calls/:id/hold", .post("calls:write", notYet))
        routes.at("/calls/:id/transfer", .post("calls:write", notYet))
    }

    // MARK: Reading

    @Sendable private func read(_ request: RESTRequest) async throws -> RESTAnswer {
        guard let record = try await calls.record(of: try request.id(CallID.self, or: Self.unknown)) else { throw Self.unknown }
        return try .document(CallDocument(record))
    }

    @Sendable private func list(_ request: RESTRequest) async throws -> RESTAnswer {
        let page = try request.page(knowing: CallFilter.parameters)
        return try .page(try await calls.calls(try CallFilter(request.query), page)) { CallDocument($0) }
    }

    /// What may be asked of the export.
    @Sendable private func check(_ request: RESTRequest) async throws {
        try request.only(CallFilter.parameters)
        _ = try CallFilter(request.query)
    }

    /// Every call that the filter wants, a page after the other as the reader takes them: memory does not grow with their number, and no
    /// transaction stays open.
    @Sendable private func export(_ query: Parameters) throws -> ResponseBody {
        let filter = try CallFilter(query)
        return ResponseBody { [calls] writer in
            try await writer.write(ByteBuffer(string: CallTable.header))
            var page: PageRequest? = PageRequest(limit: Self.exportPage)
            while let wanted = page {
                let part = try await calls.calls(filter, wanted)
                if !part.entries.isEmpty { try await writer.write(ByteBuffer(string: part.entries.map { CallTable.line($0) }.joined())) }
                page = part.next.map { PageRequest(limit: Self.exportPage, after: $0) }
            }
            try await writer.finish(nil)
        }
    }

    // MARK: Starting

    @Sendable private func start(_ request: RESTRequest) async throws -> RESTAnswer {
        let wish = try dialRequest(request)
        switch try await dialling.place(wish) {
        case .placed(let call, _), .refused(let call), .known(let call): return try await made(call.id)
        case .attached(let call): return try .document(CallDocument(try await record(call.id)))
        case .turnedAway(let reason, let refusal): return try refused(reason, refusal, call: nil)
        case .alreadyFired: throw ProblemDocument(.conflict, Problem(.alreadyFired))
        }
    }

    private func dialRequest(_ request: RESTRequest) throws -> DialRequest {
        var fields = try request.fields()
        let room = fields.required("room", .text("It must be 1 to 64 letters, digits and - . _ ~ only.") { RoomSlug($0) })
        let target = fields.required("number", Self.number)
        let trunk: TrunkID? = fields.optional("trunk", .id)
        let label = fields.optional("label", .text("It must be a name of 1 to 80 characters on one line.") { ShortLabel($0) })
        let seconds = fields.optional("max_seconds", .integer(Self.seconds))
        let wait = fields.setting("wait_seconds", .integer(Self.waits))
        try fields.finish()
        guard let room, let target else { throw ProblemDocument.serverError }
        let (load, key) = try identity(of: request)
        return DialRequest(
            room: room, peer: nil, load: load, key: key, origin: .api, target: target, trunk: trunk,
            wish: ProgramWish(label: label, maximumSeconds: seconds, waitSeconds: wait ?? Self.standardWait))
    }

    /// A number that cannot be read is the caller's slip; an emergency number is refused as every dial to one, with a call that says so.
    private static let number = JSONRule<DialTarget>.text(ProblemCode.invalidNumber.sentence) { text in
        do throws(DialTargetError) {
            return try DialTarget(parsing: text)
        } catch {
            return error == .emergencyNumber ? DialTarget(written: text) : nil
        }
    }

    /// By which the books know the wish again. With an `Idempotency-Key` it is always the same: a request that was interrupted by a crash of
    /// ours and is sent again cannot make a second call.
    private func identity(of request: RESTRequest) throws -> (LoadID, DialKey) {
        var generator = SystemRandomNumberGenerator()
        let digits: String
        if let key = request.headers[.idempotencyKey] {
            digits = String(HexDigits.encode(SHA256.hash(data: Array("ringlink-api-call\n\(request.caller.id)\n\(key)".utf8))).prefix(32))
        } else {
            digits = HexDigits.random(count: 32, using: &generator)
        }
        guard let load = LoadID(digits), let key = DialKey("api-" + digits) else { throw ProblemDocument.serverError }
        return (load, key)
    }

    /// 201, whatever the call has come to by now; 403 if FraudGuard has refused it, with the call that says so.
    private func made(_ id: CallID) async throws -> RESTAnswer {
        let record = try await record(id)
        if let refusal = record.call.refusal, let reason = record.call.reason { return try refused(reason, refusal, call: id) }
        return try .created(CallDocument(record), at: "/v1/calls/\(id)")
    }

    private func refused(_ reason: CallReason, _ refusal: GuardRefusal?, call: CallID?) throws -> RESTAnswer {
        let body = try JSONAnswer.encode(RefusedCall(code: reason.code, detail: reason.text, refusal: refusal, call: call))
        return RESTAnswer(status: 403, headers: ["Content-Type": ProblemDocument.contentType], body: body)
    }

    private func record(_ id: CallID) async throws -> CallRecord {
        guard let record = try await calls.record(of: id) else { throw Self.unknown }
        return record
    }

    // MARK: A live call

    /// 202 while the bridge does it, with the call as it stands; 200 for one that is over.
    @Sendable private func hangUp(_ request: RESTRequest) async throws -> RESTAnswer {
        try request.nothing()
        let record = try await record(try request.id(or: Self.unknown))
        guard record.call.state != .ended else { return try .document(CallDocument(record)) }
        do {
            try await dialling.hangup(byOperator: record.call)
        } catch is BridgeUnavailable {
            throw ProblemDocument.bridgeUnavailable
        }
        return try .document(CallDocument(try await self.record(record.call.id)), status: 202)
    }

    /// 202: the digits are on their way.
    @Sendable private func dtmf(_ request: RESTRequest) async throws -> RESTAnswer {
        let id: CallID = try request.id(or: Self.unknown)
        var fields = try request.fields()
        let digits = fields.required(
            "digits", .text("It must be 1 to \(DTMFDigits.limit) of 0 to 9, *, #, A to D, and w for half a second of pause.") { DTMFDigits($0) })
        try fields.finish()
        guard let digits else { throw ProblemDocument.serverError }
        let call = try await record(id).call
        guard call.state != .ended else { throw ProblemDocument.conflict("call_ended", "The call is over.") }
        let answer: BridgeAnswer
        do {
            answer = try await bridge.send(.dtmf(call: id, digits), expiry: clock.wallMilliseconds + 4_000)
        } catch {
            throw ProblemDocument.bridgeUnavailable
        }
        if case .refused(let refusal) = answer {
            guard refusal == .unknownCall else { throw ProblemDocument(refusal.problem) }
            throw try await calls.isElsewhere(id) ? ProblemDocument.elsewhere : ProblemDocument(.conflict, Problem(.notAnswered))
        }
        return try .document(CallDocument(try await record(id)), status: 202)
    }

    @Sendable private func notYet(_ request: RESTRequest) async throws -> RESTAnswer {
        _ = try await record(try request.id(or: Self.unknown))
        throw ProblemDocument(.notImplemented, Problem(.notSupported, "Holding and transferring a call is not offered yet."))
    }
}

/// A problem (RFC 9457) that says which call was refused, and by what rule.
private struct RefusedCall: Encodable {
    var type = "about:blank"
    var title = "Forbidden"
    var status = 403
    var code: String
    var detail: String
    var refusal: GuardRefusal?
    /// `nil` if so many were refused that they are only counted.
    var call: CallID?
}

extension RESTRequest {
    /// Refuses a body that says anything.
    func nothing() throws {
        var fields = try fields()
        try fields.finish()
    }
}
