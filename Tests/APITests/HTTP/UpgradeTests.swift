import API
import Testing

@Suite("The upgrade to a signal socket")
struct UpgradeTests {
    @Test("The right request is upgraded, with the accept key of RFC 6455")
    func granted() async throws {
        try await RunningServer.with { server in
            for path in ["/signal", "/signal.ashx", "/signal?room=x"] {
                let head = try await server.connect { connection in
                    try await connection.send(WebSocketProbe.upgrade(path: path))
                    return await connection.readHead()
                }
                #expect(head.hasPrefix("HTTP/1.1 101 "))
                #expect(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
            }
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var request: String
        var status: Int
        var code: String?
    }

    static let refusals = [
        Refusal(testDescription: "wrong path", request: WebSocketProbe.upgrade(path: "/elsewhere"), status: 404, code: "not_found"),
        Refusal(testDescription: "h2c on a page", request: WebSocketProbe.upgrade(path: "/healthz", upgrade: "h2c"), status: 200),
        Refusal(testDescription: "h2c on the signal", request: WebSocketProbe.upgrade(upgrade: "h2c", key: nil), status: 200),
        Refusal(testDescription: "missing key", request: WebSocketProbe.upgrade(key: nil), status: 200),
        Refusal(testDescription: "short key", request: WebSocketProbe.upgrade(key: "abc"), status: 200),
        Refusal(testDescription: "two keys", request: WebSocketProbe.upgrade(extra: ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]), status: 200),
        Refusal(testDescription: "old version", request: WebSocketProbe.upgrade(version: "8"), status: 200),
        Refusal(
            testDescription: "POST", request: WebSocketProbe.upgrade().replacing("GET", with: "POST"), status: 405, code: "method_not_allowed"),
        Refusal(testDescription: "HTTP/1.0", request: WebSocketProbe.upgrade().replacing("HTTP/1.1", with: "HTTP/1.0"), status: 200),
        Refusal(testDescription: "garbage", request: "\u{1}\u{2}garbage\r\n\r\n", status: 400, code: "malformed_request"),
        Refusal(
            testDescription: "wrong origin", request: WebSocketProbe.upgrade(origin: "http://evil.example"), status: 403, code: "forbidden_origin"),
        Refusal(testDescription: "null origin", request: WebSocketProbe.upgrade(origin: "null"), status: 403, code: "forbidden_origin"),
        Refusal(testDescription: "no origin", request: WebSocketProbe.upgrade(origin: nil), status: 403, code: "forbidden_origin"),
        Refusal(
            testDescription: "two origins", request: WebSocketProbe.upgrade(extra: ["Origin: http://evil.example"]), status: 403,
            code: "forbidden_origin"),
        Refusal(testDescription: "wrong host", request: WebSocketProbe.upgrade(host: "rebound.example"), status: 403, code: "forbidden_host"),
        Refusal(
            testDescription: "unknown key",
            request: WebSocketProbe.upgrade(
                origin: nil, extra: ["Authorization: Bearer ak_" + String(repeating: "0", count: 32)]), status: 401, code: "unauthorized"),
    ]

    @Test("A request that is not upgraded is answered all the same, at once", arguments: refusals)
    func refused(refusal: Refusal) async throws {
        try await RunningServer.with { server in
            let head = try await server.connect { connection in
                // The client waits without closing: only the server's own answer can end this.
                try await connection.send(refusal.request)
                return await connection.readHead()
            }
            #expect(RawAnswer(Array(head.utf8)).status == refusal.status)
            guard let code = refusal.code else { return }
            let answer = try await server.connect { connection in
                try await connection.send(refusal.request.replacing("Connection: Upgrade", with: "Connection: Upgrade, close"))
                return await connection.readHead()
            }
            #expect(RawAnswer(Array(answer.utf8))["content-type"] == "application/problem+json", "\(code)")
        }
    }

    @Test("A refused upgrade says why, and the connection is closed")
    func refusalIsComplete() async throws {
        try await RunningServer.with { server in
            for refusal in Self.refusals where [400, 401, 403].contains(refusal.status) {
                let answer = try await server.connect { connection in
                    try await connection.send(refusal.request)
                    return RawAnswer(await connection.readToEnd())
                }
                #expect(answer.body.contains("\"code\":\"\(refusal.code ?? "")\""), "\(refusal.testDescription)")
                #expect(answer["connection"] == "close")
            }
        }
    }

    @Test("Without an Origin an API key opens the socket")
    func byKey() async throws {
        try await RunningServer.with { server in
            let head = try await server.connect { connection in
                try await connection.send(WebSocketProbe.upgrade(origin: nil, extra: ["Authorization: Bearer \(FakeCallBook.readKey)"]))
                return await connection.readHead()
            }
            #expect(head.hasPrefix("HTTP/1.1 101 "))
        }
    }

    @Test("Requests can follow one another on a connection")
    func pipelined() async throws {
        try await RunningServer.with { server in
            let answers = try await server.connect { connection in
                let plain = "GET /healthz HTTP/1.1\r\nHost: \(RunningServer.host)\r\n"
                try await connection.send(plain + "\r\n" + plain + "Connection: close\r\n\r\n")
                return String(decoding: await connection.readToEnd(), as: UTF8.self)
            }
            #expect(answers.ranges(of: "HTTP/1.1 200 OK").count == 2)
        }
    }

    @Test("The parser stops behind a request for another protocol, so its answer ends the connection and says so")
    func otherProtocol() async throws {
        try await RunningServer.with { server in
            let answer = try await server.connect { connection in
                try await connection.send(WebSocketProbe.upgrade(path: "/healthz", upgrade: "h2c"))
                return RawAnswer(await connection.readToEnd())
            }
            #expect(answer.status == 200)
            #expect(answer["connection"] == "close")
            #expect(answer.body == #"{"status":"ok"}"#)
        }
    }
}
