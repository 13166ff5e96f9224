import Domain
import Foundation
import LibPQ
import Store
import Testing

/// An endpoint, and what it would see of the outbox.
struct Receiver {
    let webhook: Webhook
    let secret: WebhookSecret

    static func make(
        _ store: Store, events: [WebhookEventFilter]? = nil, url: String = "https://crm.example.com/",
        signature: WebhookSignatureKind = .hmac, at: Int64 = start
    ) async throws -> Receiver {
        var generator = SystemRandomNumberGenerator()
        let made = try await store.createWebhook(.init(url: url, events: events, signature: signature), now: at, generator: &generator)
        let (secret, webhook) = try #require(made)
        return Receiver(webhook: webhook, secret: secret)
    }

    var id: WebhookID { webhook.id }
}

/// What a message says of itself.
struct ToldEvent: Decodable, Equatable {
    struct Content: Decodable, Equatable {
        struct Call: Decodable, Equatable {
            var id: String
            var state: String
            var number: String
            var outcome: String?
            var ended_by: String?
            var sip_status: Int?
            var dialling_at: String?
            var attempts: [Attempt]?
            var refusal: Refusal?
        }
        struct Refusal: Decodable, Equatable { var rule: String }
        struct Attempt: Decodable, Equatable { var detail: String }
        var call: Call
    }

    var id: String
    var type: String
    var timestamp: String
    var sequence: Int
    var data: Content

    init(_ bytes: some Sequence<UInt8>) throws { self = try JSONDecoder().decode(Self.self, from: Data(bytes)) }
}

extension TestStore {
    /// Everything in the outbox about a call, in its order.
    func told(of call: CallID) async throws -> [ToldEvent] {
        let bodies = try await sql { transaction throws(PostgresError) in
            try transaction.rows("SELECT body FROM webhook_events WHERE subject = $1 ORDER BY sequence", .text(call.text)) {
                row throws(PostgresError) in try row.value("body", as: String.self)
            }
        }
        return try bodies.map { try ToldEvent($0.utf8) }
    }

    func claim(_ limit: Int = 100, endpoint: Int = 100, at: Int64 = start, lease: Int64 = 60_000) async throws -> [ClaimedDelivery] {
        try await store.claimDeliveries(limit: limit, endpointLimit: endpoint, leaseUntil: at + lease, now: at)
    }

    /// Writes down an answer, as the driver does.
    @discardableResult
    func finish(_ delivery: ClaimedDelivery, _ answer: DeliveryAnswer = .status(204), at: Int64 = start) async throws -> Bool {
        var generator = SystemRandomNumberGenerator()
        let verdict = DeliverySchedule.judge(
            answer, tries: delivery.tries, failingSince: delivery.failingSince, now: at, using: &generator)
        return try await store.finish(delivery, DeliveryAttempt(at: at, milliseconds: 5, answer: answer, excerpt: "ok\u{0}"), verdict, now: at)
    }
}

/// The results of `count` runs of `body` side by side.
func atOnce<T: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> T) async throws -> [T] {
    try await withThrowingTaskGroup { group in
        for index in 0..<count { group.addTask { try await body(index) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}
