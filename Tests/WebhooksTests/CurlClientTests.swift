import Domain
import LibCurl
import Testing

@Suite("The client that sends webhooks", .timeLimit(.minutes(1)))
struct CurlClientTests {
    static let loopback = EgressPolicy(allowing: [CIDRBlock("127.0.0.0/8")!])

    private static func client(
        _ policy: EgressPolicy = loopback, total: Int = 15_000, inFlight: Int = 64, authorities: String? = nil
    ) throws -> CurlClient {
        try CurlClient(
            .init(
                policy: policy, connectMilliseconds: min(5_000, total), totalMilliseconds: total, bodyLimit: 1_000, maximumInFlight: inFlight,
                userAgent: "Ringlink (test)", authorities: authorities))
    }

    private static func post(_ url: String, plain: Bool = true) -> HTTPPost {
        HTTPPost(
            url: url, headers: [("content-type", "application/json"), ("webhook-id", "ev_1")], body: Array(#"{"a":"ü"}"#.utf8), allowsPlainHTTP: plain
        )
    }

    @Test("What is sent arrives as it is, and the answer comes back")
    func exchange() async throws {
        try await LoopbackServer.with { server async throws in
            let answer = try await Self.client().send(Self.post(server.url("/created?x=1&y=%20")))
            #expect(answer == HTTPAnswer(status: 204))
            let created = try await Self.client().send(Self.post(server.url("/created")))
            #expect(created == HTTPAnswer(status: 201, body: Array("hello".utf8)))
            let request = try #require(server.requests.first)
            #expect(request.head.hasPrefix("POST /created?x=1&y=%20 HTTP/1.1\r\n") && request.body == #"{"a":"ü"}"#)
            #expect(request.header("content-type") == "application/json" && request.header("webhook-id") == "ev_1")
            #expect(request.header("user-agent") == "Ringlink (test)" && request.header("expect") == nil)
        }
    }

    @Test("By default loopback is refused when it is connected to, by address and by name, and nothing arrives")
    func refused() async throws {
        try await LoopbackServer.with { server async throws in
            let client = try Self.client(EgressPolicy())
            for host in ["127.0.0.1", "localhost", "[::1]", "127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"] {
                for scheme in ["http", "https"] {
                    await #expect(throws: HTTPFailure.refusedAddress, "\(scheme)://\(host)") {
                        try await client.send(Self.post("\(scheme)://\(host):\(server.port)/"))
                    }
                }
            }
            #expect(server.connections == 0)
        }
    }

    @Test("Another range's permission does not open loopback")
    func otherRange() async throws {
        try await LoopbackServer.with { server async throws in
            let client = try Self.client(EgressPolicy(allowing: [CIDRBlock("10.0.0.0/8")!, CIDRBlock("127.0.0.2/32")!]))
            await #expect(throws: HTTPFailure.refusedAddress) { try await client.send(Self.post(server.url("/"))) }
            #expect(server.connections == 0)
        }
    }

    @Test("Statuses and Retry-After are told, a redirect is not followed")
    func statuses() async throws {
        try await LoopbackServer.with { server async throws in
            let client = try Self.client()
            #expect(try await client.send(Self.post(server.url("/gone"))) == HTTPAnswer(status: 410))
            #expect(try await client.send(Self.post(server.url("/busy"))) == HTTPAnswer(status: 429, retryAfterSeconds: 77))
            #expect(try await client.send(Self.post(server.url("/broken"))) == HTTPAnswer(status: 500, body: Array("oops".utf8)))
            #expect(try await client.send(Self.post(server.url("/elsewhere"))).status == 307)
            #expect(server.requests.count == 4)
        }
    }

    @Test("Retry-After may be a date, and what it says is bounded, whatever it is")
    func retryAfter() async throws {
        try await LoopbackServer.with { server async throws in
            let client = try Self.client()
            func wait(_ path: String) async throws -> Int64? { try await client.send(Self.post(server.url(path))).retryAfterSeconds }
            // Nearly eight thousand years, which the schedule cuts down to a day.
            #expect(try #require(try await wait("/busy-until")) > 86_400)
            #expect(try await wait("/busy-since") == nil)
            #expect(try await wait("/busy-oddly") == nil)
            var generator = SystemRandomNumberGenerator()
            for path in ["/busy-until", "/busy-madly"] {
                let answer = DeliveryAnswer.status(503, retryAfterSeconds: try await wait(path))
                let verdict = DeliverySchedule.judge(answer, tries: 1, failingSince: nil, now: 0, using: &generator)
                guard case .retry(let at) = verdict.delivery else { throw HTTPFailure.malformedAnswer }
                #expect(at <= DeliverySchedule.longestWait && (verdict.pauseUntil ?? 0) <= 3_600_000)
            }
        }
    }

    @Test("A body without end is cut at the limit, and its status counts", arguments: [("/huge", 200), ("/huge-failure", 500)])
    func huge(path: String, status: Int) async throws {
        try await LoopbackServer.with { server async throws in
            let answer = try await Self.client().send(Self.post(server.url(path)))
            #expect(answer.status == status && answer.body.count == 1_000 && answer.isCut)
        }
    }

    @Test("Heads without end, and an answer that is not HTTP, are faults", arguments: ["/heads", "/interim", "/garbage"])
    func malformed(path: String) async throws {
        try await LoopbackServer.with { server async throws in
            await #expect(throws: HTTPFailure.malformedAnswer) { try await Self.client().send(Self.post(server.url(path))) }
        }
    }

    @Test("No answer in time, a closed connection, and a closed port are told apart")
    func failures() async throws {
        try await LoopbackServer.with { server async throws in
            await #expect(throws: HTTPFailure.timedOut) { try await Self.client(total: 200).send(Self.post(server.url("/silent"))) }
            await #expect(throws: HTTPFailure.interrupted) { try await Self.client().send(Self.post(server.url("/close"))) }
            // The status was there before the body stalled.
            let stalled = try await Self.client(total: 3_000).send(Self.post(server.url("/stalled")))
            #expect(stalled.status == 200 && stalled.isCut)
        }
        // A port that was open a moment ago may be another test's by now; nobody listens at the first of all.
        await #expect(throws: HTTPFailure.unreachable) { try await Self.client().send(Self.post("http://127.0.0.1:1/")) }
    }

    @Test(
        "What cannot be sent is refused before anything goes out",
        arguments: ["ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "", "127.0.0.1:x", "http://user:pw@127.0.0.1/", "http://a b/"])
    func unsendable(url: String) async throws {
        await #expect(throws: HTTPFailure.malformedRequest) { try await Self.client().send(Self.post(url)) }
    }

    @Test("Plain http goes out only where the message allows it")
    func plain() async throws {
        try await LoopbackServer.with { server async throws in
            await #expect(throws: HTTPFailure.malformedRequest) { try await Self.client().send(Self.post(server.url("/"), plain: false)) }
            #expect(server.connections == 0)
        }
    }

    @Test("A header with a line break is not sent")
    func injection() async throws {
        try await LoopbackServer.with { server async throws in
            for header in [("a", "b\r\nX-Evil: 1"), ("a\r\nX-Evil", "1"), ("", "b"), ("a:b", "c"), ("a", "ü")] {
                var post = Self.post(server.url("/"))
                post.headers.append((name: header.0, value: header.1))
                let injected = post
                await #expect(throws: HTTPFailure.malformedRequest) { try await Self.client().send(injected) }
            }
            #expect(server.connections == 0)
        }
    }

    @Test("TLS is verified: an unknown authority and a wrong name are refused, the right ones pass")
    func tls() async throws {
        try await TestCertificate.withFile { file in
            try await LoopbackServer.with(tls: try TestCertificate.server()) { server async throws in
                await #expect(throws: HTTPFailure.untrusted) { try await Self.client().send(Self.post(server.url("/", scheme: "https"))) }
                let client = try Self.client(authorities: file)
                await #expect(throws: HTTPFailure.untrusted) { try await client.send(Self.post("https://localhost:\(server.port)/")) }
                #expect(server.requests.isEmpty)
                #expect(try await client.send(Self.post(server.url("/created", scheme: "https"), plain: false)).status == 201)
                await #expect(throws: HTTPFailure.self) { try await client.send(Self.post(server.url("/"))) }
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test("A cancelled task gets its end at once, and makes place for the next")
    func cancelled() async throws {
        try await LoopbackServer.with { server async throws in
            let client = try Self.client(inFlight: 1)
            let waiting = Task { try await client.send(Self.post(server.url("/silent"))) }
            await server.wait(forRequests: 1)
            await #expect(throws: HTTPFailure.exhausted) { try await client.send(Self.post(server.url("/"))) }
            waiting.cancel()
            await #expect(throws: HTTPFailure.cancelled) { try await waiting.value }
            #expect(try await client.send(Self.post(server.url("/"))).status == 204)
        }
    }

    @Test("Shutting down ends everything under way, and what comes later is refused")
    func shutdown() async throws {
        try await LoopbackServer.with { server async throws in
            let client = try Self.client()
            let waiting = (0..<8).map { _ in Task { try await client.send(Self.post(server.url("/silent"))) } }
            await server.wait(forRequests: 8)
            client.shutdown()
            for task in waiting { await #expect(throws: HTTPFailure.cancelled) { try await task.value } }
            await #expect(throws: HTTPFailure.cancelled) { try await client.send(Self.post(server.url("/"))) }
        }
    }

    @Test("Three hundred messages by sixty at a time all arrive, over few connections")
    func many() async throws {
        try await LoopbackServer.with { server async throws in
            let client = try Self.client()
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<60 {
                    group.addTask {
                        var good = 0
                        for _ in 0..<5 where try await client.send(Self.post(server.url("/created"))).status == 201 { good += 1 }
                        return good
                    }
                }
                let good = try await group.reduce(0, +)
                #expect(good == 300)
            }
            #expect(server.requests.count == 300 && server.connections <= 120)
        }
    }
}
