import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The installation's REST API, spoken with its own key.
struct RESTClient: Sendable {
    private static let patience = TimeAmount.seconds(10)
    private static let longestAnswer = 1 << 20

    let server: Server
    let key: String

    /// Makes a resource; what the server says of a refusal is in the error.
    func create(_ resource: String, _ fields: some Encodable) async throws {
        var request = HTTPClientRequest(url: "\(server.origin)/v1/\(resource)")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(key)")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Idempotency-Key", value: UUID().uuidString)
        request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(fields)))
        let response = try await HTTPClient.shared.execute(request, timeout: Self.patience)
        let answer = String(buffer: try await response.body.collect(upTo: Self.longestAnswer))
        guard response.status == .created else { throw BenchError("POST /v1/\(resource) was answered \(response.status.code): \(answer)") }
    }
}
