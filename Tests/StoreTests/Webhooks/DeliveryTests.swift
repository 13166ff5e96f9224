import Domain
import LibPQ
import Store
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2)))
struct DeliveryTests {
    private static let minute: Int64 = 60_000

    /// A call that has been queued, has dialled, rung, been answered and ended: five events.
    private func wholeCall(_ test: TestStore, _ number: UInt64 = 1) async throws -> CallSnapshot {
        var bridge = Bridge()
        bridge.id = "bridge-\(number)"
        try await bridge.hello(test.store)
        let call = try await Visitor(number, room: "room-\(number)").place(test.store)
        for event in bridge.life(of: call) { try await bridge.send(event, to: test.store) }
        return call
    }

    private func sequence(_ delivery: ClaimedDelivery) throws -> Int { try ToldEvent(delivery.body).sequence }

    @Test("Of one call an endpoint gets one event at a time, in order")
    func order() async throws {
        try await TestStore.with { test in
            let receiver = try await Receiver.make(test.store)
            _ = try await wholeCall(test)
            for number in 1...5 {
                let claimed = try await test.claim(at: start + 10_000)
                #expect(try claimed.map(sequence) == [number])
                #expect(try await test.claim(at: start + 10_000).isEmpty)
                #expect(claimed[0].secrets == [receiver.secret] && claimed[0].url == "https://crm.example.com/" && claimed[0].tries == 1)
                try await test.finish(claimed[0], at: start + 10_000)
            }
            #expect(try await test.claim(at: start + 10_000).isEmpty)
            let log = try #require(try await test.store.deliveries(to: receiver.id, PageRequest()))
            #expect(log.entries.count == 5 && log.entries.allSatisfy { $0.state == .delivered && $0.attempts.count == 1 })
            #expect(log.entries.first?.attempts.first?.excerpt == "ok\u{FFFD}")
        }
    }

    @Test("A failing event holds its call's later ones back for ten minutes, then they overtake, and other calls never wait")
    func overtaking() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            let call = try await wholeCall(test)
            var now = start + 10_000
            let first = try #require(try await test.claim(at: now).first)
            try await test.finish(first, .status(500), at: now)
            #expect(try await test.claim(at: now).isEmpty)
            let other = try await wholeCall(test, 2)
            let claimed = try await test.claim(at: now)
            #expect(try claimed.map { try ToldEvent($0.body).data.call.id } == [other.id.text])

            // Its own retries go on; the hold ends ten minutes after the first failure, whatever they come to.
            now += DeliverySchedule.holdBack - 1
            let retried = try #require(try await test.claim(at: now).first { $0.event == first.event })
            #expect(retried.tries == 2)
            try await test.finish(retried, .failed(.unreachable), at: now)
            #expect(try await test.claim(at: now).allSatisfy { try! ToldEvent($0.body).data.call.id == other.id.text })
            now += 1
            let overtaking = try await test.claim(at: now).filter { try! ToldEvent($0.body).data.call.id == call.id.text }
            #expect(try overtaking.map(sequence) == [2])
        }
    }

    @Test("What a process that died had claimed is due again after its lease, and its late result counts no more")
    func crash() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            _ = try await Visitor(1).place(test.store)
            let lost = try #require(try await test.claim().first)
            let another = try await test.another()
            #expect(try await test.claim(at: start + 59_999).isEmpty)
            let again = try await another.claimDeliveries(limit: 9, endpointLimit: 9, leaseUntil: start + 120_000, now: start + 60_000)
            #expect(again.map(\.event) == [lost.event] && again.first?.tries == 2)
            #expect(try await test.finish(lost, .status(500), at: start + 60_001) == false)
            #expect(try await test.finish(try #require(again.first), at: start + 60_002))
            #expect(try await test.claim(at: start + Self.minute * 60).isEmpty)
            await another.close()
        }
    }

    @Test("A try that was given back is due at once, and does not count")
    func released() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            _ = try await Visitor(1).place(test.store)
            let first = try #require(try await test.claim().first)
            try await test.store.release(first)
            let second = try #require(try await test.claim().first)
            #expect(second == first && second.tries == 1)
            try await test.finish(second)
            try await test.store.release(second)
            #expect(try await test.claim().isEmpty)
        }
    }

    @Test("Three processes at once deliver thirty calls at two endpoints: every event once at each, in the order of its call")
    func parallel() async throws {
        try await TestStore.with(connections: 8) { test in
            for _ in 0..<2 { _ = try await Receiver.make(test.store) }
            let calls = try await atOnce(30) { number in try await wholeCall(test, UInt64(number) + 1).id }
            let seen = Mutex<[String: [Int]]>([:])
            let stores = [test.store, try await test.another(), try await test.another()]
            _ = try await atOnce(6) { number in
                let store = stores[number % 3]
                var generator = SeededGenerator(seed: UInt64(number))
                while seen.withLock({ $0.values.reduce(0) { $0 + $1.count } }) < 300 {
                    let claimed = try await store.claimDeliveries(limit: 7, endpointLimit: 20, leaseUntil: start + 60_000, now: start + 10_000)
                    for delivery in claimed {
                        let told = try ToldEvent(delivery.body)
                        seen.withLock { $0["\(delivery.endpoint) \(told.data.call.id)", default: []].append(told.sequence) }
                        let verdict = DeliverySchedule.judge(
                            .status(200), tries: delivery.tries, failingSince: nil, now: start, using: &generator)
                        let attempt = DeliveryAttempt(at: start, milliseconds: 1, answer: .status(200))
                        #expect(try await store.finish(delivery, attempt, verdict, now: start + 10_000))
                    }
                }
            }
            #expect(seen.withLock { $0.count } == calls.count * 2)
            #expect(seen.withLock { $0.values.allSatisfy { $0 == [1, 2, 3, 4, 5] } })
            for store in stores.dropFirst() { await store.close() }
        }
    }

    @Test("One endpoint has no more under way than its limit, whoever claims")
    func endpointLimit() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            for number in 0..<10 as Range<UInt64> { _ = try await Visitor(number, room: "room-\(number)").place(test.store) }
            #expect(try await test.claim(endpoint: 4).count == 4)
            #expect(try await test.claim(endpoint: 6).count == 2)
            #expect(try await test.claim(endpoint: 6).isEmpty)
            #expect(try await test.claim(3, endpoint: 100).count == 3)
        }
    }

    @Test("410 disables an endpoint, which gets nothing until it is enabled; what waited is delivered then")
    func gone() async throws {
        try await TestStore.with { test in
            let receiver = try await Receiver.make(test.store)
            _ = try await wholeCall(test)
            try await test.finish(try #require(try await test.claim().first), .status(410))
            let disabled = try #require(try await test.store.webhook(receiver.id))
            #expect(!disabled.settings.isEnabled && disabled.disabled == .gone && disabled.version == 2)
            #expect(try await test.claim().isEmpty)
            _ = try await Visitor(9, room: "later").place(test.store)
            #expect(try await test.store.deliveries(to: receiver.id, PageRequest())?.entries.count == 5)
            #expect(
                try await test.store.redeliver(EventID("ev_0123456789abcdef01234567")!, to: receiver.id, now: start) == .disabled)
            let change = try await test.store.changeWebhook(receiver.id, if: .oneOf([2]), now: start) { $0.isEnabled = true }
            guard case .changed(let enabled) = change else { throw Unexpected() }
            #expect(enabled.disabled == nil && enabled.failingSince == nil)
            #expect(try await test.claim(at: start + 10_000).map(sequence) == [2])
        }
    }

    @Test("An endpoint that has failed for five days is disabled, unless something succeeded meanwhile")
    func failing() async throws {
        try await TestStore.with { test in
            let receiver = try await Receiver.make(test.store)
            for number in 0..<4 as Range<UInt64> { _ = try await Visitor(number, room: "room-\(number)").place(test.store) }
            let claimed = try await test.claim()
            try await test.finish(claimed[0], .status(500))
            #expect(try await test.store.webhook(receiver.id)?.failingSince == start)
            try await test.finish(claimed[1], .status(200))
            #expect(try await test.store.webhook(receiver.id)?.failingSince == nil)
            // This one was claimed while the endpoint seemed to be failing.
            var stale = claimed[2]
            stale.failingSince = start
            try await test.finish(stale, .failed(.timedOut), at: start + DeliverySchedule.patience)
            #expect(try await test.store.webhook(receiver.id)?.disabled == nil)
            var later = claimed[3]
            later.failingSince = start + DeliverySchedule.patience
            try await test.finish(later, .failed(.timedOut), at: start + 2 * DeliverySchedule.patience)
            #expect(try await test.store.webhook(receiver.id)?.disabled == .failing)
        }
    }

    @Test("Retry-After quiets the whole endpoint, and a success ends that")
    func paused() async throws {
        try await TestStore.with { test in
            let receiver = try await Receiver.make(test.store)
            for number in 0..<2 as Range<UInt64> { _ = try await Visitor(number, room: "room-\(number)").place(test.store) }
            try await test.finish(try #require(try await test.claim(1).first), .status(429, retryAfterSeconds: 60))
            #expect(try await test.store.webhook(receiver.id)?.pausedUntil == start + 60_000)
            #expect(try await test.claim(at: start + 59_999).isEmpty)
            #expect(try await test.claim(at: start + 60_000).count == 2)
        }
    }

    @Test("After a rotation both secrets sign for a day, and neither lies open in the database")
    func rotation() async throws {
        try await TestStore.with { test in
            let receiver = try await Receiver.make(test.store)
            var generator = SystemRandomNumberGenerator()
            let rotated = try await test.store.rotateWebhookSecret(receiver.id, now: start, generator: &generator)
            let (fresh, webhook) = try #require(rotated)
            #expect(webhook.version == 2 && webhook.previousSecretUntil == start + Store.secretOverlap)
            for number in 0..<3 as Range<UInt64> { _ = try await Visitor(number, room: "room-\(number)").place(test.store) }
            #expect(try await test.claim(1, at: start).first?.secrets == [fresh, receiver.secret])
            #expect(try await test.claim(1, at: start + Store.secretOverlap - 1).first?.secrets == [fresh, receiver.secret])
            #expect(try await test.claim(1, at: start + Store.secretOverlap).first?.secrets == [fresh])
            let sealed = try await test.sql { transaction throws(PostgresError) in
                try transaction.rows("SELECT secret, previous_secret FROM webhook_endpoints") { row throws(PostgresError) in
                    [try row.value("secret", as: [UInt8].self), try row.value("previous_secret", as: [UInt8].self)]
                }
            }
            for secret in [fresh, receiver.secret] { #expect(sealed[0].allSatisfy { $0.firstRange(of: secret.bytes) == nil }) }
            // Another installation's key opens neither.
            let stranger = try await TestStore.open(test.conninfo, secret: 9)
            let late = start + 2 * Store.secretOverlap
            let claimed = try await stranger.claimDeliveries(limit: 1, endpointLimit: 9, leaseUntil: late + 1, now: late)
            #expect(claimed.count == 1 && claimed.allSatisfy(\.secrets.isEmpty))
            await stranger.close()
        }
    }

    @Test("A test reaches its endpoint whatever the filter, and nobody else")
    func tested() async throws {
        try await TestStore.with { test in
            let receiver = try await Receiver.make(test.store, events: [.type(.callEnded)])
            let other = try await Receiver.make(test.store)
            var generator = SystemRandomNumberGenerator()
            let change = try await test.store.testWebhook(receiver.id, now: start, generator: &generator)
            guard case .changed(let event) = change else { throw Unexpected() }
            let claimed = try await test.claim()
            #expect(claimed.map(\.event) == [event] && claimed.map(\.endpoint) == [receiver.id])
            #expect(String(decoding: claimed[0].body, as: UTF8.self).contains(#""type":"webhook.test""#))
            #expect(try await test.store.deliveries(to: other.id, PageRequest())?.entries.isEmpty == true)
            #expect(try await test.store.deliveries(to: receiver.id, PageRequest())?.entries.first?.call == nil)
        }
    }

    @Test("Sent again by hand, a delivery starts from its first try and holds nothing back")
    func redelivered() async throws {
        try await TestStore.with { test in
            let receiver = try await Receiver.make(test.store)
            _ = try await wholeCall(test)
            let first = try #require(try await test.claim().first)
            try await test.finish(first)
            #expect(try await test.store.redeliver(first.event, to: receiver.id, now: start) == .queued)
            let claimed = try await test.claim(at: start + 10_000)
            #expect(Set(try claimed.map(sequence)) == [1, 2] && claimed.allSatisfy { $0.tries == 1 })
            // While it is on its way it stays on its way.
            #expect(try await test.store.redeliver(first.event, to: receiver.id, now: start) == .queued)
            #expect(try await test.claim(at: start + 10_000).isEmpty)
            let unknown = try await test.store.redeliver(EventID("ev_0123456789abcdef01234567")!, to: receiver.id, now: start)
            #expect(unknown == .missing)
            #expect(try await test.store.redeliver(first.event, to: WebhookID("wh_000000000000")!, now: start) == .missing)
        }
    }

    @Test("Events are forgotten after a week, with their deliveries and tries")
    func retention() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            for number in 0..<3 as Range<UInt64> {
                _ = try await Visitor(number, room: "room-\(number)").dial(test.store, at: start + Int64(number) * Self.minute)
            }
            try await test.finish(try #require(try await test.claim(1).first))
            #expect(try await test.store.forgetOldEvents(now: start + Store.outboxRetention) == 0)
            #expect(try await test.store.forgetOldEvents(limit: 1, now: start + Store.outboxRetention + 2 * Self.minute) == 1)
            #expect(try await test.store.forgetOldEvents(now: start + Store.outboxRetention + 2 * Self.minute) == 1)
            #expect(try await test.count("SELECT count(*) FROM webhook_deliveries") == 1)
            #expect(try await test.count("SELECT count(*) FROM webhook_attempts") == 0)
            #expect(try await test.count("SELECT count(*) FROM calls") == 3)
        }
    }

    @Test("Endpoints are listed, changed under their version, counted up to the limit, and deleted")
    func administration() async throws {
        try await TestStore.with { test in
            var made: [WebhookID] = []
            for number in 0..<Store.webhookLimit { made.append(try await Receiver.make(test.store, at: start + Int64(number)).id) }
            var generator = SystemRandomNumberGenerator()
            let tooMany = try await test.store.createWebhook(.init(url: "https://a.example/"), now: start, generator: &generator)
            #expect(tooMany == nil)
            let first = try await test.store.webhooks(PageRequest(limit: 30))
            let second = try await test.store.webhooks(PageRequest(limit: 30, after: first.next))
            #expect((first.entries + second.entries).map(\.id) == made.reversed() && second.next == nil)

            let id = made[0]
            let outdated = try await test.store.changeWebhook(id, if: .oneOf([9]), now: start) { $0.isEnabled = false }
            #expect(outdated == .outdated)
            let changed = try await test.store.changeWebhook(id, if: .oneOf([1]), now: start + 5) {
                $0.isEnabled = false
                $0.events = [.type(.callEnded), .family("link")]
                $0.description = "CRM\u{0}"
            }
            guard case .changed(let webhook) = changed else { throw Unexpected() }
            #expect(webhook.version == 2 && webhook.disabled == .operator && webhook.updatedAt == start + 5)
            #expect(webhook.settings.events == [.type(.callEnded), .family("link")] && webhook.settings.description == "CRM\u{FFFD}")
            #expect(try await test.store.testWebhook(id, now: start, generator: &generator) == .outdated)
            #expect(try await test.store.deleteWebhook(id, if: .oneOf([1])) == .outdated)
            #expect(try await test.store.deleteWebhook(id, if: .oneOf([2])) == .changed(id))
            #expect(try await test.store.deleteWebhook(id, if: .any) == .missing)
            #expect(try await test.store.webhook(id) == nil)
            #expect(try await test.store.deliveries(to: id, PageRequest()) == nil)
        }
    }

    @Test("Results in one transaction: each counts by itself, also where another's claim has run out")
    func batch() async throws {
        try await TestStore.with { test in
            let receivers = [try await Receiver.make(test.store), try await Receiver.make(test.store)]
            for number in 0..<4 as Range<UInt64> { _ = try await Visitor(number, room: "room-\(number)").place(test.store) }
            let claimed = try await test.claim()
            #expect(claimed.count == 8)
            let answers: [DeliveryAnswer] = [.status(204), .status(500), .failed(.timedOut), .status(429, retryAfterSeconds: 30)]
            var generator = SeededGenerator(seed: 1)
            var finished = claimed.enumerated().map { index, delivery in
                let answer = answers[index % 4]
                let verdict = DeliverySchedule.judge(answer, tries: 1, failingSince: nil, now: start, using: &generator)
                return FinishedDelivery(delivery, DeliveryAttempt(at: start, milliseconds: 3, answer: answer, excerpt: "\"\u{0}\\ü"), verdict)
            }
            finished[3].delivery.tries = 2
            let written = try await test.store.finish(finished, now: start)
            #expect(written == Set(claimed.map(\.position)).subtracting([claimed[3].position]))
            #expect(try await test.store.finish(finished, now: start).isEmpty)
            for receiver in receivers {
                let log = try #require(try await test.store.deliveries(to: receiver.id, PageRequest()))
                #expect(log.entries.flatMap(\.attempts).allSatisfy { $0.excerpt == "\"\u{FFFD}\\ü" && $0.milliseconds == 3 })
                #expect(try await test.store.webhook(receiver.id)?.failingSince == start)
            }
            let states = try await test.count("SELECT count(*) FROM webhook_deliveries WHERE state = 'delivered' AND leased_until IS NULL")
            #expect(states == 2)
            #expect(try await test.count("SELECT count(*) FROM webhook_attempts") == 7)
        }
    }

    @Test("An endpoint that fails has less under way than one that does not")
    func failingLimit() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            for number in 0..<12 as Range<UInt64> { _ = try await Visitor(number, room: "room-\(number)").place(test.store) }
            let first = try await test.store.claimDeliveries(limit: 99, endpointLimit: 6, failingLimit: 2, leaseUntil: start + 60_000, now: start)
            #expect(first.count == 6)
            for delivery in first { try await test.finish(delivery, .status(500)) }
            let second = try await test.store.claimDeliveries(limit: 99, endpointLimit: 6, failingLimit: 2, leaseUntil: start + 60_000, now: start)
            #expect(second.count == 2)
            for delivery in second { try await test.finish(delivery) }
            #expect(
                try await test.store.claimDeliveries(limit: 99, endpointLimit: 6, failingLimit: 2, leaseUntil: start + 60_000, now: start).count == 4)
        }
    }

    @Test("An endpoint chooses its signatures, and both kinds outlive their rotation for a day")
    func signatures() async throws {
        try await TestStore.with { test in
            let receiver = try await Receiver.make(test.store, signature: .both)
            for number in 0..<5 as Range<UInt64> { _ = try await Visitor(number, room: "room-\(number)").place(test.store) }
            let both = try #require(try await test.claim(1).first)
            #expect(both.secrets == [receiver.secret] && both.publicKeys == [receiver.webhook.publicKey])
            _ = try await test.store.changeWebhook(receiver.id, if: .any, now: start) { $0.signature = .ed25519 }
            #expect(try await test.claim(1).first?.secrets == [] && both.keys.count == 1)
            var generator = SystemRandomNumberGenerator()
            let rotated = try #require(try await test.store.rotateWebhookSecret(receiver.id, now: start, generator: &generator)).webhook
            #expect(rotated.previousPublicKey == receiver.webhook.publicKey && rotated.publicKey != rotated.previousPublicKey)
            let signed = try #require(try await test.claim(1).first)
            #expect(signed.publicKeys == [rotated.publicKey, rotated.previousPublicKey] && signed.secrets.isEmpty)
            #expect(try await test.claim(1, at: start + Store.secretOverlap).first?.publicKeys == [rotated.publicKey])
            // One of before there were keys gets one when it first wants it, and by no way sooner.
            try await test.sql { transaction throws(PostgresError) in
                _ = try transaction.execute(
                    """
                    UPDATE webhook_endpoints SET signature = 'hmac', signing_key = NULL, public_key = NULL, previous_signing_key = NULL,
                                                 previous_public_key = NULL
                    """)
            }
            let change = try await test.store.changeWebhook(receiver.id, if: .any, now: start) { $0.signature = .both }
            guard case .changed(let changed) = change else { throw Unexpected() }
            #expect(try await test.claim(1).first?.publicKeys == [changed.publicKey])
        }
    }

    @Test("That an endpoint was disabled is told to the others, once, without its URL")
    func notice() async throws {
        try await TestStore.with { test in
            let gone = try await Receiver.make(test.store, events: [.family("call")])
            let other = try await Receiver.make(test.store, events: [.family("webhook")])
            for number in 0..<2 as Range<UInt64> { _ = try await Visitor(number, room: "room-\(number)").place(test.store) }
            for delivery in try await test.claim() { try await test.finish(delivery, .status(410)) }
            let notice = try await test.claim()
            #expect(notice.map(\.endpoint) == [other.id])
            let body = String(decoding: try #require(notice.first).body, as: UTF8.self)
            #expect(body.contains(#""disabled_reason":"gone""#) && body.contains(gone.id.text) && !body.contains("crm.example.com"))
            let document = try #require(try await test.store.webhook(gone.id))
            #expect(document.disabled == .gone && document.disabledAt == start)
            guard case .changed(let enabled) = try await test.store.changeWebhook(gone.id, if: .any, now: start, { $0.isEnabled = true }) else {
                throw Unexpected()
            }
            #expect(enabled.disabledAt == nil)
        }
    }

    @Test("A range is sent again in order, bounded, filtered, and what is on its way stays there")
    func redeliveredRange() async throws {
        try await TestStore.with { test in
            let receiver = try await Receiver.make(test.store)
            _ = try await wholeCall(test)
            while case let claimed = try await test.claim(at: start + 10_000), !claimed.isEmpty {
                for delivery in claimed { try await test.finish(delivery, at: start + 10_000) }
            }
            _ = try await Visitor(9, room: "later").dial(test.store, at: start + 9_500)
            func redeliver(_ range: RedeliveryRange, limit: Int = 100) async throws -> RowChange<QueuedRange> {
                try await test.store.redeliver(range, to: receiver.id, limit: limit, now: start + 20_000)
            }
            let all = RedeliveryRange(from: start, to: start + 10_000)
            #expect(try await redeliver(RedeliveryRange(from: start, to: start + 10_000, onlyFailed: true)) == .changed(QueuedRange(count: 0)))
            #expect(
                try await redeliver(RedeliveryRange(from: start, to: start + 10_000, events: [.family("room")])) == .changed(QueuedRange(count: 0)))
            #expect(try await redeliver(all, limit: 2) == .changed(QueuedRange(count: 2, next: start + 2_000)))
            #expect(try await redeliver(RedeliveryRange(from: start + 2_000, to: start + 10_000)) == .changed(QueuedRange(count: 3)))
            #expect(try await redeliver(all) == .changed(QueuedRange(count: 0)))
            var order: [Int] = []
            while case let claimed = try await test.claim(at: start + 20_000), !claimed.isEmpty {
                #expect(claimed.allSatisfy { $0.tries == 1 })
                for delivery in claimed {
                    if try ToldEvent(delivery.body).data.call.state != "queued" || order.isEmpty { order.append(try sequence(delivery)) }
                    try await test.finish(delivery, at: start + 20_000)
                }
            }
            #expect(order.filter { $0 > 1 } == [2, 3, 4, 5])
            _ = try await test.store.changeWebhook(receiver.id, if: .any, now: start) { $0.isEnabled = false }
            #expect(try await redeliver(all) == .outdated)
            let unknown = try await test.store.redeliver(all, to: WebhookID("wh_000000000000")!, now: start)
            #expect(unknown == .missing)
        }
    }

    @Test("The log is narrowed by state, type, family, call and time, and one entry is read by its event")
    func filtered() async throws {
        try await TestStore.with { test in
            let receiver = try await Receiver.make(test.store)
            let call = try await wholeCall(test)
            _ = try await wholeCall(test, 2)
            func count(_ filter: DeliveryFilter) async throws -> Int? {
                try await test.store.deliveries(to: receiver.id, matching: filter, PageRequest())?.entries.count
            }
            #expect(try await count(DeliveryFilter()) == 10)
            #expect(try await count(DeliveryFilter(call: call.id)) == 5)
            #expect(try await count(DeliveryFilter(type: .type(.callEnded))) == 2)
            #expect(try await count(DeliveryFilter(type: .family("call"))) == 10)
            #expect(try await count(DeliveryFilter(type: .family("room"))) == 0)
            #expect(try await count(DeliveryFilter(state: .delivered)) == 0)
            #expect(try await count(DeliveryFilter(from: start + 2_000)) == 6)
            #expect(try await count(DeliveryFilter(from: start, to: start + 1_000)) == 2)
            let first = try #require(try await test.claim(1).first)
            try await test.finish(first, .status(500))
            let entry = try #require(try await test.store.delivery(of: first.event, to: receiver.id))
            #expect(entry.attempts.count == 1 && entry.state == .pending && entry.subject == entry.call?.text)
            #expect(try await test.store.delivery(of: EventID("ev_0123456789abcdef01234567")!, to: receiver.id) == nil)
        }
    }
}

extension ClaimedDelivery {
    fileprivate var publicKeys: [String?] { keys.map(\.publicKey.text) }
}
