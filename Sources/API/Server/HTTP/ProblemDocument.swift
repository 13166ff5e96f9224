import Domain
import Foundation
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
    /// What is wrong with which field, if that is what is wrong.
    let errors: [FieldFault]
    private(set) var headers: HTTPFields

    init(_ status: HTTPResponse.Status, code: String, detail: String, errors: [FieldFault] = [], headers: HTTPFields = [:]) {
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers
    }

    /// With the code and the sentence of a problem of ours.
    init(_ status: HTTPResponse.Status, _ problem: Problem) {
        self.init(status, code: problem.code.rawValue, detail: problem.sentence)
    }

    /// `about:blank`: the code says more than a page about the status would.
    static func body(status: Int, title: String, code: String, detail: String, errors: [FieldFault] = []) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("type", "about:blank")
            json.member("title", title)
            json.member("status", status)
            json.member("code", code)
            json.member("detail", detail)
            if let id = RequestID.current { json.member("request_id", id.text) }
            guard !errors.isEmpty else { return }
            json.name("errors")
            json.array(errors) { json, fault in
                json.object { json in
                    json.member("pointer", fault.pointer)
                    json.member("detail", fault.detail)
                    if let code = fault.code { json.member("code", code.rawValue) }
                }
            }
        }
        return json.bytes
    }

    /// With further headers; its own win.
    func adding(_ more: HTTPFields) -> ProblemDocument {
        var problem = self
        for field in more where problem.headers[field.name] == nil { problem.headers.append(field) }
        return problem
    }

    /// As it is kept for a request that may be sent again.
    var answer: RESTAnswer {
        let body = Self.body(status: status.code, title: status.reasonPhrase, code: code, detail: detail, errors: errors)
        return RESTAnswer(status: status.code, headers: ["Content-Type": Self.contentType], body: Data(body))
    }

    var response: Response {
        var fields = headers
        fields[.contentType] = Self.contentType
        fields[.cacheControl] = "no-store"
        let body = Self.body(status: status.code, title: status.reasonPhrase, code: code, detail: detail, errors: errors)
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension ProblemDocument: HTTPResponseError {
    package func response(from request: Request, context: some RequestContext) throws -> Response { response }
}
