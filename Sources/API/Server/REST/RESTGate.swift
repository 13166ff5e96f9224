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
            let body = try await body(of: request, for: operation)
            let asked = RESTRequest(
                caller: caller, now: clock.wallMilliseconds, method: request.method, path: request.uri.path, parameters: context.parameters,
                query: request.uri.queryParameters, headers: request.headers, body: body, client: context.client)
            let answer = try await answer(asked, operation)
            return answer.response(rate.headers)
        } catch let problem as ProblemDocument {
            throw problem.adding(rate.headers)
        } catch let invalid as InvalidFields {
            throw ProblemDocument.invalidFields(invalid).adding(rate.headers)
        }
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
