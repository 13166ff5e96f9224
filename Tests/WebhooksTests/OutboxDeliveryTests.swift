import Domain
import LibCurl
import Logging
import Store
import Testing
import Webhooks

@Suite("Delivering the outbox", .timeLimit(.minutes(1)))
struct OutboxDeliveryTests {
    static let now: Int64 = 1_767_225_600_500
    static let secrets = [WebhookSecret(bytes: Array(0..<32))!, WebhookSecret(bytes: Array(32..<64))!]
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func delivery(
        _ number: Int, to url: String, tries: Int = 1, secrets: [WebhookSecret] = secrets
    ) -> ClaimedDelivery {
        ClaimedDelivery(
            position: Int64(number), endpoint: WebhookID("wh_000000000001")!,
            event: EventID(of: CallID("ca_0123456789abcdef01234567")!, sequence: number),
            url: url, body: Array(#"{"number":\#(number)}"#.utf8), secrets: secrets, tries: tries, failingSince: nil)
    }

    private static func driver(_ book: FakeDeliveryBook, _ policy: EgressPolicy = CurlClientTests.loopback) throws -> OutboxDelivery {
        let client = try CurlClient(.init(policy: policy, maximumInFlight: OutboxDelivery.maximumInFlight))
        return OutboxDelivery(book: book, sender: WebhookSender(client: client, allowsPlainHTTP: true), now: { now }, logger: quiet)
    }

    @Test("A message arrives with the three headers, signed with both secrets, and is delivered")
    func delivered() async throws {
        try await LoopbackServer.with { server async throws in
            let delivery = Self.delivery(1, to: server.url("/created"))
            let book = FakeDeliveryBook([delivery])
            #expect(try await Self.driver(book).deliverDue() == 1)
            let request = try #require(server.requests.first)
            let expected = WebhookSignature(id: delivery.event, body: delivery.body, now: Self.now, secrets: Self.secrets)
            for (name, value) in expected.headers { #expect(request.header(name) == value) }
            #expect(request.header("content-type") == "application/json" && request.body == #"{"number":1}"#)
            let result = try #require(await book.results.first)
            #expect(result.verdict == .init(delivery: .delivered) && result.attempt.excerpt == "hello" && result.attempt.answer == .status(201))
        }
    }

    @Test("Each answer has its verdict")
    func verdicts() async throws {
        try await LoopbackServer.with { server async throws in
            let paths = ["/gone", "/busy", "/broken", "/elsewhere", "/garbage", "/close"]
            let book = FakeDeliveryBook(paths.enumerated().map { Self.delivery($0.offset, to: server.url($0.element)) })
            #expect(try await Self.driver(book).deliverDue() == paths.count)
            let results = await book.results
            func result(_ number: Int) throws -> FakeDeliveryBook.Result {
                try #require(results.first { $0.event == Self.delivery(number, to: "").event })
            }
            #expect(try result(0).verdict.disable == .gone)
            #expect(try result(1).verdict.delivery == .retry(at: Self.now + 77_000))
            #expect(try result(2).attempt.answer == .status(500) && result(3).attempt.answer == .status(307))
            #expect(try result(4).attempt.answer == .failed(.malformed) && result(5).attempt.answer == .failed(.interrupted))
            #expect(results.allSatisfy { $0.verdict.delivery != .delivered })
        }
    }

    @Test("The default policy lets nothing through to loopback, also not to an endpoint that was stored before")
    func refused() async throws {
        try await LoopbackServer.with { server async throws in
            let book = FakeDeliveryBook([Self.delivery(1, to: server.url("/created"))])
            #expect(try await Self.driver(book, EgressPolicy()).deliverDue() == 1)
            #expect(await book.results.first?.attempt.answer == .failed(.refusedAddress))
            #expect(server.connections == 0)
        }
    }

    @Test("Without a secret nothing is sent")
    func unsigned() async throws {
        try await LoopbackServer.with { server async throws in
            let book = FakeDeliveryBook([Self.delivery(1, to: server.url("/created"), secrets: [])])
            _ = try await Self.driver(book).deliverDue()
            #expect(await book.results.first?.attempt.answer == .failed(.unsigned))
            #expect(server.connections == 0)
        }
    }

    @Test("The last try that fails gives the event up")
    func givenUp() async throws {
        try await LoopbackServer.with { server async throws in
            let book = FakeDeliveryBook([Self.delivery(1, to: server.url("/broken"), tries: DeliverySchedule.maximumTries)])
            _ = try await Self.driver(book).deliverDue()
            #expect(await book.results.first?.verdict.delivery == .givenUp)
        }
    }

    @Test("What is under way when the process goes is given back")
    func stopped() async throws {
        try await LoopbackServer.with { server async throws in
            let book = FakeDeliveryBook((0..<5).map { Self.delivery($0, to: server.url("/silent")) })
            let driver = try Self.driver(book)
            let running = Task { await driver.run() }
            await server.wait(forRequests: 5)
            running.cancel()
            await running.value
            #expect(await Set(book.released).count == 5)
            #expect(await book.results.isEmpty)
        }
    }

    @Test("Running, it empties the outbox, more than it may have under way, also after the database was away")
    func running() async throws {
        try await LoopbackServer.with { server async throws in
            let count = OutboxDelivery.maximumInFlight * 2 + 7
            let book = FakeDeliveryBook((0..<count).map { Self.delivery($0, to: server.url("/created")) }, failures: 1)
            let driver = try Self.driver(book)
            let running = Task { await driver.run() }
            await server.wait(forRequests: count)
            running.cancel()
            await running.value
            #expect(server.requests.count == count)
        }
    }

    @Test("With Ed25519 alone it is sent, signed with the key")
    func asymmetric() async throws {
        try await LoopbackServer.with { server async throws in
            var delivery = Self.delivery(1, to: server.url("/created"), secrets: [])
            delivery.keys = [WebhookSigningKey(bytes: Array(0..<32))!]
            _ = try await Self.driver(FakeDeliveryBook([delivery])).deliverDue()
            let expected = WebhookSignature(id: delivery.event, body: delivery.body, now: Self.now, secrets: [], keys: delivery.keys)
            #expect(server.requests.first?.header("webhook-signature") == expected.signature && expected.signature.hasPrefix("v1a,"))
        }
    }

    @Test("What was delivered while the database was away is written down when it is back, many at once, and not sent again")
    func writtenLater() async throws {
        try await LoopbackServer.with { server async throws in
            let book = FakeDeliveryBook((0..<60).map { Self.delivery($0, to: server.url("/created")) }, writeFailures: 2)
            #expect(try await Self.driver(book).deliverDue() == 60)
            #expect(await book.results.count == 60 && server.requests.count == 60)
            #expect(await book.batches.count < 30)
        }
    }
}
