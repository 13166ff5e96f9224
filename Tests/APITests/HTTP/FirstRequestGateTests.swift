import API
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@Suite("The gate before the first request")
struct FirstRequestGateTests {
    @Test("A connection that never sends a request is closed after 10 s")
    func silence() throws {
        let channel = try Self.connected()
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("After its first request a connection is no longer the gate's")
    func request() throws {
        let channel = try Self.connected()
        try channel.writeInbound(HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")))
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(channel.isActive)
        _ = try channel.finish()
    }

    @Test("A server that goes down does not wait for connections that ask for nothing")
    func quiesce() throws {
        let channel = try Self.connected()
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(!channel.isActive)
    }

    @Test("An upgrade to anything but a WebSocket on its path is taken out of the head, and the connection ends with the answer")
    func stripped() throws {
        let channel = try Self.connected()
        let headers = HTTPHeaders([("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c")])
        try channel.writeInbound(HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/signal", headers: headers)))
        guard case .head(let head) = try channel.readInbound(as: HTTPServerRequestPart.self) else {
            Issue.record("no head came through")
            return
        }
        #expect(!head.headers.contains(name: "upgrade"))
        #expect(head.headers["connection"] == ["close"])
        _ = try channel.finish()
    }

    private static func connected() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: FirstRequestGate { $0 == "/signal" })
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }
}
