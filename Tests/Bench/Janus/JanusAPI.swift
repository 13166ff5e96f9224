import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Janus' HTTP API, as far as a room of its AudioBridge needs it.
struct JanusAPI: Sendable {
    private static let patience = TimeAmount.seconds(40)
    private static let longestAnswer = 1 << 20

    /// A reply or an event.
    struct Message: Decodable, Sendable {
        struct Data: Decodable, Sendable { var id: UInt64? }
        struct Plugin: Decodable, Sendable { var data: Room }
        struct Room: Decodable, Sendable {
            struct Media: Decodable, Sendable { var port: UInt16? }

            var audiobridge: String?
            var error: String?
            var rtp: Media?
        }
        struct Failure: Decodable, Sendable { var reason: String }

        var janus: String
        var sender: UInt64?
        var data: Data?
        var plugindata: Plugin?
        var error: Failure?
    }

    private struct Request<Body: Encodable>: Encodable {
        var janus: String
        var transaction = "bench"
        var plugin: String?
        var body: Body?
    }

    let url: String

    /// Makes a session, or a handle where `path` is a session's.
    func make(_ what: String, at path: String, plugin: String? = nil) async throws -> UInt64 {
        let answer = try await post(path, Request<[String: String]>(janus: what, plugin: plugin))
        guard let id = answer.data?.id else { throw BenchError("Janus made nothing of \(what)") }
        return id
    }

    /// Asks something of the AudioBridge; what it does at once is in the answer.
    @discardableResult
    func message(_ body: some Encodable, at path: String) async throws -> Message {
        try await post(path, Request(janus: "message", body: body))
    }

    func destroy(_ path: String) async throws { _ = try await post(path, Request<[String: String]>(janus: "destroy")) }

    /// The next events of a session, at most `count`; a keep-alive among them.
    func events(of path: String, atMost count: Int) async throws -> [Message] {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: "\(url)\(path)?maxev=\(count)"), timeout: Self.patience)
        let json = Data(try await response.body.collect(upTo: Self.longestAnswer).readableBytesView)
        if let one = try? JSONDecoder().decode(Message.self, from: json) { return [one] }
        return try JSONDecoder().decode([Message].self, from: json)
    }

    private func post(_ path: String, _ body: some Encodable) async throws -> Message {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        let response = try await HTTPClient.shared.execute(request, timeout: Self.patience)
        let json = Data(try await response.body.collect(upTo: Self.longestAnswer).readableBytesView)
        let answer = try JSONDecoder().decode(Message.self, from: json)
        if let reason = answer.error?.reason ?? answer.plugindata?.data.error { throw BenchError("Janus refused: \(reason)") }
        return answer
    }
}
