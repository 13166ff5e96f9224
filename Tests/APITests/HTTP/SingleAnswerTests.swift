import API
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@Suite("One answer for each request")
struct SingleAnswerTests {
    private static let head = HTTPRequestPart.head(HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/"))

    private let channel: EmbeddedChannel

    init() throws {
        channel = EmbeddedChannel(handler: SingleAnswer())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func answer(_ status: Int) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .init(code: status))))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    private func heads() throws -> [HTTPResponse] {
        var heads: [HTTPResponse] = []
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
            if case .head(let head) = part { heads.append(head) }
        }
        return heads
    }

    @Test("A body that turns out malformed after its answer ends the connection without a second one")
    func brokenBody() throws {
        try channel.writeInbound(Self.head)
        try answer(401)
        try? answer(400)
        #expect(try heads().map(\.status.code) == [401])
        channel.embeddedEventLoop.advanceTime(by: SingleAnswer.farewell)
        #expect(!channel.isActive)
    }

    @Test("What is malformed behind a whole request has an answer of its own, which ends the connection")
    func brokenNext() throws {
        try channel.writeInbound(Self.head)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try answer(200)
        try? answer(400)
        let heads = try heads()
        #expect(heads.map(\.status.code) == [200, 400])
        #expect(heads.last?.headerFields[.connection] == "close" && heads.last?.headerFields[.contentType] == "application/problem+json")
        channel.embeddedEventLoop.advanceTime(by: SingleAnswer.farewell)
        #expect(!channel.isActive)
    }

    @Test("A body that is malformed before its answer has that answer")
    func brokenFirst() throws {
        try channel.writeInbound(Self.head)
        try answer(400)
        #expect(try heads().map(\.status.code) == [400])
    }

    @Test("An answer that has begun is not followed by another")
    func begun() throws {
        try channel.writeInbound(Self.head)
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        try? answer(400)
        #expect(try heads().map(\.status.code) == [200])
        channel.embeddedEventLoop.advanceTime(by: SingleAnswer.farewell)
        #expect(!channel.isActive)
    }

    @Test("Requests one behind the other have an answer each, and 100 is none")
    func pipelined() throws {
        for _ in 0..<3 {
            try channel.writeInbound(Self.head)
            try channel.writeInbound(HTTPRequestPart.end(nil))
        }
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .continue)))
        for status in [200, 201, 202] { try answer(status) }
        #expect(try heads().map(\.status.code) == [100, 200, 201, 202])
        #expect(channel.isActive)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }
}
