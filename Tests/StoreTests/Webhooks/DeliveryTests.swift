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
            let receiver = try await Receiver.make(test.store, events: [.callEnded])
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
                $0.events = [.callEnded, .callBlocked]
                $0.description = "CRM\u{0}"
            }
            guard case .changed(let webhook) = changed else { throw Unexpected() }
            #expect(webhook.version == 2 && webhook.disabled == .operator && webhook.updatedAt == start + 5)
            #expect(webhook.settings.events == [.callEnded, .callBlocked] && webhook.settings.description == "CRM\u{FFFD}")
            #expect(try await test.store.testWebhook(id, now: start, generator: &generator) == .outdated)
            #expect(try await test.store.deleteWebhook(id, if: .oneOf([1])) == .outdated)
            #expect(try await test.store.deleteWebhook(id, if: .oneOf([2])) == .changed(id))
            #expect(try await test.store.deleteWebhook(id, if: .any) == .missing)
            #expect(try await test.store.webhook(id) == nil)
            #expect(try await test.store.deliveries(to: id, PageRequest()) == nil)
        }
    }
}
