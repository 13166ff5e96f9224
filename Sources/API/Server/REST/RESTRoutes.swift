import HTTPTypes
import Hummingbird

/// The addresses below `/v1`, where every operation goes through one gate.
package struct RESTRoutes {
    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect, .query]

    let group: RouterGroup<WebContext>
    let gate: RESTGate

    /// Serves `operations` at `address`, such as `/trunks/:id`, and refuses every other method with 405 and `Allow` (RFC 9110 section 15.5.6).
    func at(_ address: String, _ operations: RESTOperation...) {
        let path = RouterPath(address)
        var allowed: [HTTPRequest.Method] = []
        let gate = gate
        for operation in operations {
            allowed.append(operation.method)
            group.on(path, method: operation.method) { request, context in
                var response = try await gate.pass(request, context, to: operation)
                if let stream = operation.stream, response.status == .ok { response.body = try stream(request.uri.queryParameters) }
                return response
            }
            if operation.method == .get {
                allowed.append(.head)
                group.on(path, method: .head) { request, context in
                    var response = try await gate.pass(request, context, to: operation).createHeadResponse()
                    // Nobody knows beforehand how long it gets.
                    if operation.stream != nil, response.status == .ok { response.headers[.contentLength] = nil }
                    return response
                }
            }
        }
        let refusal = ProblemDocument.methodNotAllowed(allowed)
        let options = Response.options(allowed)
        group.on(path, method: .options) { _, _ in options }
        for method in Self.methods where !allowed.contains(method) && method != .options {
            group.on(path, method: method) { _, _ -> Response in throw refusal }
        }
    }
}
