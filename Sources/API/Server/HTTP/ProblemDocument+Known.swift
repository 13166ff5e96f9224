import Domain
import HTTPTypes

// The problems that many routes have.
extension ProblemDocument {
    static let notFound = ProblemDocument(.notFound, code: "not_found", detail: "There is nothing at this address.")
    /// 404 that says what is not there.
    static func unknown(_ problem: Problem) -> ProblemDocument { ProblemDocument(.notFound, problem) }

    static func unknown(_ code: String, _ detail: String) -> ProblemDocument { ProblemDocument(.notFound, code: code, detail: detail) }
    static func forbidden(_ detail: String) -> ProblemDocument { ProblemDocument(.forbidden, code: "forbidden", detail: detail) }
    static func conflict(_ code: String, _ detail: String) -> ProblemDocument { ProblemDocument(.conflict, code: code, detail: detail) }
    /// There are as many as there may be.
    static func full(_ detail: String) -> ProblemDocument { conflict("limit_reached", detail) }

    static let serverError = ProblemDocument(.internalServerError, code: "server_error", detail: "Something went wrong on our side. Try again.")
    static let unavailable = ProblemDocument(
        .serviceUnavailable, code: "not_ready", detail: "The database cannot be used at this moment. Try again.", headers: [.retryAfter: "1"])

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> ProblemDocument {
        let allow = allowed.map(\.rawValue).joined(separator: ", ")
        return ProblemDocument(
            .methodNotAllowed, code: "method_not_allowed", detail: "This address answers \(allow) only.", headers: [.allow: allow])
    }

    /// RFC 6750 section 3.
    static let unauthorized = ProblemDocument(
        .unauthorized, code: "unauthorized", detail: "An API key is needed: Authorization: Bearer ak_….",
        headers: [.wwwAuthenticate: "Bearer realm=\"ringlink\""])

    static func tooManyRequests(_ rate: RateLimiter.Verdict) -> ProblemDocument {
        ProblemDocument(
            .tooManyRequests, code: "too_many_requests", detail: "This API key may make \(rate.limit) requests in a minute. Slow down.",
            headers: [.retryAfter: String(rate.retrySeconds)])
    }

    static func unsupportedMediaType(_ types: [String]) -> ProblemDocument {
        ProblemDocument(
            .unsupportedMediaType, code: "unsupported_media_type",
            detail: types.isEmpty ? "This request takes no body." : "The body's Content-Type must be \(types.joined(separator: " or ")).")
    }

    static func notAcceptable(_ type: String) -> ProblemDocument {
        ProblemDocument(.notAcceptable, code: "not_acceptable", detail: "This address answers \(type) only, which the request's Accept leaves out.")
    }

    static func invalidParameter(_ name: String, _ detail: String) -> ProblemDocument {
        let shown = name.unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) } ? String(name.prefix(40)) : "…"
        return ProblemDocument(.badRequest, code: "invalid_parameter", detail: "The query parameter \(shown) cannot be used: \(detail).")
    }

    /// `not_supported` if nothing else is wrong than that this release does not offer what is asked for.
    static func invalidFields(_ invalid: InvalidFields) -> ProblemDocument {
        guard !invalid.faults.allSatisfy({ $0.code == .notSupported }) else {
            return ProblemDocument(
                .unprocessableContent, code: ProblemCode.notSupported.rawValue,
                detail: "This release does not offer that yet; `errors` says what.", errors: invalid.faults)
        }
        return ProblemDocument(
            .unprocessableContent, code: "invalid_fields", detail: "Some fields cannot be used; `errors` says which and why.", errors: invalid.faults)
    }

    /// The row has changed since the caller read it.
    static let outdated = ProblemDocument(
        .preconditionFailed, code: "outdated", detail: "It has been changed since you read it (If-Match). Read it again, then change it.")
}
