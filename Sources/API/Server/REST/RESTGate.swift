import Crypto
import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Store

/// What every request of `/v1` passes: key, scope, rate, body, idempotency. In this order: a stranger learns nothing and costs little.
struct RESTGate: Sendable {
    let calls: any CallBook
    let idempotency: IdempotencyDesk?
    let rates: RateLimiter
    let clock: ServerClock

    func pass(_ request: Request, _ context: WebContext, to operation: RESTOperation) async throws -> Response {
        let caller = try await APIKeyGuard(calls: calls, clock: clock).caller(of: request)
        let rate = rates.take(caller.id, now: clock.now)
        do {
            guard rate.isAdmitted else { throw ProblemDocument.tooManyRequests(rate) }
            try APIKeyGuard.require(operation.scope, of: caller)
            try Self.check(request, for: operation)
            let body = try await body(of: request, for: operation)
            let asked = RESTRequest(
                caller: caller, now: clock.wallMilliseconds, method: request.method, path: request.uri.path, parameters: context.parameters,
                query: request.uri.queryParameters, headers: request.headers, body: body, client: context.client)
            var answer = try await answer(asked, operation)
            if operation.method == .get {
                if !asked.hasJudgedQuery.isSet { try asked.only([]) }
                try Self.check(answer, for: request)
                answer = answer.unlessKnown(to: request.headers)
                if operation.mayBeCompressed { answer = answer.compressed(for: request.headers) }
            }
            return answer.response(rate.headers)
        } catch let problem as ProblemDocument {
            throw problem.adding(rate.headers)
        } catch let invalid as InvalidFields {
            throw ProblemDocument.invalidFields(invalid).adding(rate.headers)
        }
    }

    /// What can be told before anything is done. What a GET will answer is judged afterwards: it changes nothing.
    private static func check(_ request: Request, for operation: RESTOperation) throws(ProblemDocument) {
        guard operation.method != .get else { return }
        if operation.method != .delete, !Negotiation.accepts("application/json", request.headers[.accept]) {
            throw .notAcceptable("application/json")
        }
        if let (name, _) = request.uri.queryParameters.first { throw .invalidParameter(String(name), "it is not known here") }
    }

    private static func check(_ answer: RESTAnswer, for request: Request) throws(ProblemDocument) {
        let type = (answer.headers["Content-Type"] ?? "*/*").prefix { $0 != ";" }.lowercased()
        guard answer.body.isEmpty || Negotiation.accepts(type, request.headers[.accept]) else { throw .notAcceptable(type) }
    }

    private func answer(_ request: RESTRequest, _ operation: RESTOperation) async throws -> RESTAnswer {
        guard operation.method == .post, let key = request.headers[.idempotencyKey] else { return try await operation.handler(request) }
        guard let idempotency else { throw ProblemDocument.serverError }
        return try await idempotency.answer(request, key: key) { try await operation.handler(request) }
    }

    /// - Throws: 413 or 415 as `ProblemDocument`.
    private func body(of request: Request, for operation: RESTOperation) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > operation.bodyLimit { throw tooLarge(operation) }
        var bytes: [UInt8] = []
        for try await chunk in request.body {
            guard bytes.count + chunk.readableBytes <= operation.bodyLimit else { throw tooLarge(operation) }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        guard !bytes.isEmpty else { return [] }
        guard request.headers[.contentEncoding].map({ $0.lowercased() == "identity" }) ?? true else {
            throw ProblemDocument(.unsupportedMediaType, code: "unsupported_content_encoding", detail: "The body must not be compressed.")
        }
        let type = (request.headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        guard operation.bodyTypes.contains(type) else { throw ProblemDocument.unsupportedMediaType(operation.bodyTypes) }
        return bytes
    }

    private func tooLarge(_ operation: RESTOperation) -> ProblemDocument {
        operation.bodyLimit == 0
            ? ProblemDocument(.contentTooLarge, code: "body_not_expected", detail: "This request takes no body.")
            : ProblemDocument(.contentTooLarge, code: "body_too_large", detail: "The body has more than \(operation.bodyLimit) bytes.")
    }
}
