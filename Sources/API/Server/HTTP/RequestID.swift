import Domain
import HTTPTypes
import Hummingbird
import Logging

/// What one request is called in its answer, in its problem document and in every line that is logged for it.
package struct RequestID: Sendable, Equatable {
    static let headerName = "X-Request-Id"
    private static let lengths = 1...64

    package let text: String

    /// The caller's own, if it is 1 to 64 letters, digits, `-`, `_` and `.`: it goes into logs as it is.
    package init?(_ header: String) {
        guard Self.lengths.contains(header.utf8.count), header.utf8.allSatisfy(Self.isPlain) else { return nil }
        text = header
    }

    init(random generator: inout some RandomNumberGenerator) { text = "rq_" + HexDigits.random(count: 24, using: &generator) }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Of the request that this task answers.
    @TaskLocal package static var current: RequestID?

    /// Adds it to every line that is logged for the request, whoever logs it.
    package static let metadata = Logger.MetadataProvider { current.map { ["request": "\($0.text)"] } ?? [:] }
}

/// Names each request; the first of all middleware, so that whatever happens is told under this name.
struct RequestNaming: RouterMiddleware {
    typealias Context = WebContext

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        let id = request.headers[.requestID].flatMap { RequestID($0) } ?? Self.new
        return try await RequestID.$current.withValue(id) {
            var response = try await next(request, context)
            response.headers[.requestID] = id.text
            return response
        }
    }

    private static var new: RequestID {
        var generator = SystemRandomNumberGenerator()
        return RequestID(random: &generator)
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name(RequestID.headerName)!
}
