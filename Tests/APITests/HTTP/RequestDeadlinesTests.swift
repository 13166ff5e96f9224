import API
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@Suite("Deadlines of requests")
struct RequestDeadlinesTests {
    private static func connected() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: RequestDeadlines())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private static let head = HTTPRequestPart.head(HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/"))

    private static func answers(of channel: EmbeddedChannel) throws -> [Int] {
        var statuses: [Int] = []
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
            if case .head(let head) = part { statuses.append(head.status.code) }
        }
        return statuses
    }

    @Test("A body that does not come to its end is answered 408 after 30 s, however it trickles")
    func trickle() throws {
        let channel = try Self.connected()
        try channel.writeInbound(Self.head)
        for _ in 0..<29 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "x")))
        }
        #expect(channel.isActive)
        #expect(try Self.answers(of: channel) == [])
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(try Self.answers(of: channel) == [408])
        #expect(!channel.isActive)
    }

    @Test("A request that has come to its end has time")
    func whole() throws {
        let channel = try Self.connected()
        try channel.writeInbound(Self.head)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.embeddedEventLoop.advanceTime(by: .seconds(120))
        #expect(channel.isActive)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    @Test("An answer that has begun is not followed by another: the connection ends")
    func begun() throws {
        let channel = try Self.connected()
        try channel.writeInbound(Self.head)
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .contentTooLarge)))
        channel.embeddedEventLoop.advanceTime(by: .seconds(30))
        #expect(try Self.answers(of: channel) == [413])
        #expect(!channel.isActive)
    }

    @Test("Who takes nothing for 30 s while much waits is let go")
    func reader() throws {
        let channel = try Self.connected()
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(channel.isActive)
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .seconds(30))
        #expect(!channel.isActive)
    }
}
