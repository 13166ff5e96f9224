import Crypto
import Foundation
import HTTPTypes
import Logging
import Store

/// Where answers to requests with an `Idempotency-Key` are kept. `Store` is the one there is; tests have their own.
package protocol IdempotencyBook: Sendable {
    func begin(_ request: IdempotentRequest, now: Int64) async throws -> IdempotentState
    func finish(_ request: IdempotentRequest, answer: [UInt8]) async throws
    func abandon(_ request: IdempotentRequest) async throws
}

extension Store: IdempotencyBook {
    package func begin(_ request: IdempotentRequest, now: Int64) async throws -> IdempotentState { try await beginIdempotent(request, now: now) }

    package func finish(_ request: IdempotentRequest, answer: [UInt8]) async throws {
        var generator = SystemRandomNumberGenerator()
        try await finishIdempotent(request, answer: answer, generator: &generator)
    }

    package func abandon(_ request: IdempotentRequest) async throws { try await abandonIdempotent(request) }
}

/// Does a POST once, however often it is sent with the same `Idempotency-Key`, for a day.
struct IdempotencyDesk: Sendable {
    /// How long a request may be under way, milliseconds; one that is longer lost its process, and nobody knows what it did.
    private static let patience: Int64 = 60_000
    private static let keyLengths = 1...255

    let book: any IdempotencyBook
    let logger: Logger

    func answer(_ request: RESTRequest, key: String, _ handler: () async throws -> RESTAnswer) async throws -> RESTAnswer {
        guard Self.keyLengths.contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ProblemDocument(
                .badRequest, code: "invalid_idempotency_key", detail: "An Idempotency-Key has 1 to 255 visible ASCII characters, such as a UUID.")
        }
        let idempotent = IdempotentRequest(apiKey: request.caller.id, key: key, fingerprint: Self.fingerprint(of: request))
        switch try await book.begin(idempotent, now: request.now) {
        case .begun: return try await first(idempotent, handler)
        case .answered(let kept):
            var answer = try JSONDecoder().decode(RESTAnswer.self, from: Data(kept))
            answer.headers[HTTPField.Name.idempotentReplayed] = "true"
            return answer
        case .otherRequest:
            throw ProblemDocument(
                .unprocessableContent, code: "idempotency_key_reused",
                detail: "This Idempotency-Key was used for another request. Use a new key for each new request.")
        case .underWay(let since) where request.now - since < Self.patience:
            throw ProblemDocument(
                .conflict, code: "idempotency_in_progress", detail: "The first request with this Idempotency-Key is still under way.",
                headers: [.retryAfter: "1"])
        case .underWay:
            throw ProblemDocument(
                .conflict, code: "idempotency_outcome_unknown",
                detail: "The first request with this Idempotency-Key was interrupted. Look whether it was done; if not, send it with a new key.")
        }
    }

    /// An answer that the caller is to blame for is kept, too: sent again, the request would get it again.
    private func first(_ idempotent: IdempotentRequest, _ handler: () async throws -> RESTAnswer) async throws -> RESTAnswer {
        let answer: RESTAnswer
        do {
            answer = try await handler()
        } catch let problem as ProblemDocument where (400..<500).contains(problem.status.code) && problem.status != .conflict {
            try await finish(idempotent, problem.answer)
            throw problem
        } catch let invalid as InvalidFields {
            try await finish(idempotent, ProblemDocument.invalidFields(invalid).answer)
            throw invalid
        } catch let error as StoreError where error.code == .databaseUnavailable {
            // Lost during the commit, perhaps: it stays under way, so that it is not done twice.
            throw error
        } catch {
            try? await book.abandon(idempotent)
            throw error
        }
        try await finish(idempotent, answer)
        return answer
    }

    private func finish(_ idempotent: IdempotentRequest, _ answer: RESTAnswer) async throws {
        do {
            try await book.finish(idempotent, answer: Array(try JSONEncoder().encode(answer)))
        } catch {
            // It is done and is said to be done; only a repetition will not learn more than that its outcome is unknown.
            logger.error("answer not kept", metadata: ["error": "\(error)"])
        }
    }

    private static func fingerprint(of request: RESTRequest) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array("\(request.method.rawValue) \(request.path)\n".utf8))
        hash.update(data: request.body)
        return Array(hash.finalize())
    }
}
