import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Store
import Synchronization

/// A request of `/v1` that has passed the gate.
struct RESTRequest: Sendable {
    /// Whose key it is.
    let caller: APIKey
    /// Milliseconds since 1970 UTC.
    let now: Int64
    let method: HTTPRequest.Method
    let path: String
    let parameters: Parameters
    let query: Parameters
    let headers: HTTPFields
    let body: [UInt8]
    /// The socket's peer.
    let client: SocketAddress?
    /// Whether the route has said which parameters it knows (`only`); the gate refuses any where it has not.
    let hasJudgedQuery = Flag()

    final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }

    /// The id in the address. A malformed one names nothing, just as an unknown one: `unknown` is thrown.
    func id<ID: PrefixedID>(_ type: ID.Type = ID.self, or unknown: ProblemDocument) throws(ProblemDocument) -> ID {
        guard let id = parameters.get("id").flatMap({ ID(String($0)) }) else { throw unknown }
        return id
    }

    /// The members of the body, which is a JSON object; an empty body is an empty object.
    func fields() throws(ProblemDocument) -> JSONFields {
        guard !body.isEmpty else { return JSONFields([:]) }
        do throws(JSONFault) {
            guard case .object(let members) = try JSONReader.value(body) else { throw JSONFault(offset: 0, reason: "it is no object") }
            return JSONFields(members)
        } catch {
            throw ProblemDocument(
                .badRequest, code: "malformed_body", detail: "The body is not a JSON object in UTF-8: \(error.reason) (byte \(error.offset)).")
        }
    }

    /// Which part of a list is wanted: `?limit=&after=`. Further parameters are named by `knowing`; unknown ones are refused.
    func page(knowing known: Set<String> = []) throws(ProblemDocument) -> PageRequest {
        try only(known.union(["limit", "after"]))
        var page = PageRequest()
        if let text = query["limit"].map(String.init) {
            guard let limit = Int(text), PageRequest.limits.contains(limit) else {
                throw .invalidParameter("limit", "it is a number from \(PageRequest.limits.lowerBound) to \(PageRequest.limits.upperBound)")
            }
            page.limit = limit
        }
        if let text = query["after"].map(String.init) {
            guard let cursor = PageCursor(text) else { throw .invalidParameter("after", "it is the `next` of the page before") }
            page.after = cursor
        }
        return page
    }

    /// Refuses query parameters that nobody knows, and those that are said twice.
    func only(_ known: Set<String>) throws(ProblemDocument) {
        hasJudgedQuery.set()
        var seen: Set<String> = []
        for (name, _) in query {
            let name = String(name)
            guard known.contains(name) else { throw .invalidParameter(name, "it is not known here") }
            guard seen.insert(name).inserted else { throw .invalidParameter(name, "it is there twice") }
        }
    }

    /// What `If-Match` asks of the row; without the header nothing is asked.
    func versionCondition() throws(ProblemDocument) -> VersionCondition {
        guard let header = headers[.ifMatch] else { return .any }
        guard let condition = EntityTag.condition(header) else {
            throw ProblemDocument(.badRequest, code: "invalid_if_match", detail: "If-Match holds an ETag as it was answered, such as \"v3\", or *.")
        }
        return condition
    }
}
