import HTTPTypes
import Hummingbird
import NIOCore

/// An error answer: RFC 9457 `application/problem+json` with a stable code.
package struct ProblemDocument: Error, Sendable {
    static let contentType = "application/problem+json"

    package let status: HTTPResponse.Status
    let code: String
    /// One sentence for a person.
    let detail: String
    let headers: HTTPFields

    init(_ status: HTTPResponse.Status, code: String, detail: String, headers: HTTPFields = [:]) {
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers
    }

    /// `about:blank`: the code says more than a page about the status would.
    static func body(status: Int, title: String, code: String, detail: String) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("type", "about:blank")
            json.member("title", title)
            json.member("status", status)
            json.member("code", code)
            json.member("detail", detail)
        }
        return json.bytes
    }

    var response: Response {
        var fields = headers
        fields[.contentType] = Self.contentType
        fields[.cacheControl] = "no-store"
        let body = Self.body(status: status.code, title: status.reasonPhrase, code: code, detail: detail)
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension ProblemDocument: HTTPResponseError {
    package func response(from request: Request, context: some RequestContext) throws -> Response { response }
}

extension ProblemDocument {
    static let notFound = ProblemDocument(.notFound, code: "not_found", detail: "There is nothing at this address.")
    static let serverError = ProblemDocument(.internalServerError, code: "server_error", detail: "Something went wrong on our side. Try again.")

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> ProblemDocument {
        let allow = allowed.map(\.rawValue).joined(separator: ", ")
        return ProblemDocument(
            .methodNotAllowed, code: "method_not_allowed", detail: "This address answers \(allow) only.", headers: [.allow: allow])
    }

    /// RFC 6750 section 3.
    static let unauthorized = ProblemDocument(
        .unauthorized, code: "unauthorized", detail: "An API key is needed: Authorization: Bearer ak_….",
        headers: [.wwwAuthenticate: "Bearer realm=\"ringlink\""])
}
