import Domain
import LibPQ
import Store
import Testing

@Suite(.timeLimit(.minutes(3)))
struct CallListTests {
    /// Every seventh call is busy, every thousandth is up; forty rooms, numbers, trunks and links.
    private static func fill(_ test: TestStore, calls: Int) async throws {
        try await test.sql { transaction throws(PostgresError) in
            try transaction.run(
                script: """
                    INSERT INTO rooms SELECT 'room-' || n, now(), now() FROM generate_series(0, 39) AS n;
                    INSERT INTO calls (id, room, target, label, state, outcome, ended_by, ended_at, origin, load, key, queued_at, expires_at, command,
                                       carrier, link, telephone)
                    SELECT 'ca_' || lpad(to_hex(n), 24, '0'), 'room-' || n % 40, '+4930' || 1000000 + n % 40, 'x',
                           CASE WHEN n % 1000 = 0 THEN 'answered' ELSE 'ended' END,
                           CASE WHEN n % 1000 = 0 THEN NULL WHEN n % 7 = 0 THEN 'busy' ELSE 'completed' END,
                           CASE WHEN n % 1000 = 0 THEN NULL ELSE 'phone' END, CASE WHEN n % 1000 = 0 THEN NULL ELSE instant(\(start)) END,
                           'user', md5(n::text), 'key-' || lpad(n::text, 8, '0'), instant(\(start) + n * 1000), instant(\(start)),
                           CASE WHEN n % 1000 = 0 THEN '{}'::jsonb END,
                           'tr_' || lpad(to_hex(n % 40), 12, '0'), 'ln_' || lpad(to_hex(n % 40), 24, '0'), true
                      FROM generate_series(1, \(calls)) AS n;
                    ANALYZE calls
                    """)
        }
    }

    private static let filters: [CallFilter] = [
        CallFilter(), CallFilter(from: start + 1_000_000, to: start + 2_000_000), CallFilter(outcome: .busy), CallFilter(outcome: .declined),
        CallFilter(state: .answered), CallFilter(state: .ended), CallFilter(number: "+49301000007"), CallFilter(trunk: TrunkID("tr_000000000007")),
        CallFilter(link: LinkID("ln_" + String(repeating: "0", count: 23) + "7")), CallFilter(room: RoomSlug("room-7")),
        CallFilter(from: start + 1_000_000, outcome: .busy, number: "+49301000007"),
    ]

    @Test("No filter reads a page by walking through all calls")
    func indexed() async throws {
        try await TestStore.with { test in
            try await Self.fill(test, calls: 20_000)
            for filter in Self.filters {
                for after in [nil, PageCursor(at: start + 1_500_000, id: "ca_")] {
                    let plan = try await test.store.planOfCalls(filter, PageRequest(limit: 50, after: after))
                    #expect(plan.contains("Index") && !plan.contains("Seq Scan"), "\(filter): \(plan)")
                }
            }
        }
    }

    @Test("Pages of every filter are newest first, without a gap or a repetition, and hold what the filter wants")
    func pages() async throws {
        try await TestStore.with { test in
            try await Self.fill(test, calls: 2_000)
            for filter in Self.filters {
                var found: [ListedCall] = []
                var page: PageRequest? = PageRequest(limit: 73)
                while let wanted = page {
                    let part = try await test.store.calls(filter, wanted)
                    #expect(part.entries.count <= 73)
                    found += part.entries
                    page = part.next.map { PageRequest(limit: 73, after: $0) }
                }
                let expected = (1...2_000).reversed().filter { number in
                    let at = start + Int64(number) * 1_000
                    let isUp = number % 1_000 == 0
                    return filter.from.map { at >= $0 } ?? true && filter.to.map { at < $0 } ?? true
                        && (filter.outcome.map { !isUp && $0 == (number % 7 == 0 ? .busy : .completed) } ?? true)
                        && (filter.state.map { $0 == (isUp ? .answered : .ended) } ?? true)
                        && ([filter.number, filter.trunk?.text, filter.link?.text, filter.room?.text].allSatisfy { $0 == nil } || number % 40 == 7)
                }
                #expect(found.map(\.call.queuedAt) == expected.map { start + Int64($0) * 1_000 }, "\(filter)")
            }
        }
    }

    @Test("A program's call is granted without an allowlist, placed without a browser, and made once for one key")
    func program() async throws {
        try await TestStore.with { test in
            try await test.trunk()
            func dial(_ number: String, load: Character = "a", policy: Policy = Policy()) async throws -> DialVerdict {
                var generator = SystemRandomNumberGenerator()
                let request = DialRequest(
                    room: try #require(RoomSlug("crm")), peer: nil, load: try #require(LoadID(String(repeating: load, count: 32))),
                    key: try #require(DialKey("api-12345678")), origin: .api, target: DialTarget(written: number), trunk: nil,
                    wish: ProgramWish(label: ShortLabel("Ms Miller"), maximumSeconds: 77, waitSeconds: 30))
                return try await test.store.dial(request, now: start, policy: policy, plan: TestNumberPlan(), generator: &generator)
            }
            guard case .placed(let call, let command) = try await dial("+4930123456") else { throw Unexpected() }
            #expect(call.origin == .api && call.label == "Ms Miller")
            #expect(command.peer == nil && command.waitSeconds == 30 && command.maximumSeconds == 77 && command.label == "Ms Miller")
            #expect(try await dial("+4930123456") == .known(call))
            #expect(try await dial("+4930123456", load: "b") == .attached(call))
            // The number's kind is refused to programs, too.
            guard case .refused(let costly) = try await dial("+49900123456", load: "c") else { throw Unexpected() }
            #expect(costly.refusal?.rule == .numberType)
            #expect(try await test.store.queuedCalls(bridge: "bridge-1", now: start).map(\.call.id) == [call.id])
        }
    }

    @Test("How well a phone was heard is kept with its end")
    func quality() async throws {
        try await TestStore.with { test in
            let visitor = try Visitor(1)
            try await visitor.join(test.store)
            let call = try await visitor.place(test.store)
            let quality = CallQuality(packetsReceived: 990, packetsLost: 10, jitterMilliseconds: 3, roundTripMilliseconds: 40, packetsSent: 1_000)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            try await bridge.take(call, from: test.store)
            try await bridge.send(bridge.event(call, .callAnswered(room: call.room)), to: test.store)
            let ending = CallEnding(outcome: .completed, by: .phone, detail: "The far end hung up.", talkSeconds: 20, quality: quality)
            try await bridge.send(bridge.event(call, .callEnded(room: call.room, ending)), to: test.store)
            let listed = try await test.store.calls(CallFilter(), PageRequest()).entries
            #expect(listed.map(\.quality) == [quality])
            #expect(try await test.store.timeline(call.id).last?.detail.quality == quality)
        }
    }

    @Test("How well a phone was heard is told after its call's end, under the next number, and only if it is known")
    func qualityIsTold() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            var bridge = Bridge()
            try await bridge.hello(test.store)
            for (index, quality) in [nil, CallQuality(packetsReceived: 990, packetsLost: 10, jitterMilliseconds: 3, packetsSent: 1_000)].enumerated()
            {
                let call = try await Visitor(UInt64(index + 1), room: "room-\(index)").place(test.store)
                try await bridge.take(call, from: test.store)
                try await bridge.send(bridge.event(call, .callAnswered(room: call.room)), to: test.store)
                let ending = CallEnding(outcome: .completed, by: .phone, detail: "The far end hung up.", talkSeconds: 20, quality: quality)
                let end = bridge.event(call, .callEnded(room: call.room, ending))
                for _ in 0..<2 { try await bridge.send(end, to: test.store) }
                let told = try await test.told(of: call.id)
                #expect(told.map(\.type).suffix(2) == (quality == nil ? ["call.answered", "call.ended"] : ["call.ended", "call.quality"]))
                #expect(told.map(\.sequence) == Array(1...told.count))
                #expect(told.last?.data.call.state == "ended" && told.last?.data.call.outcome == "completed")
            }
            #expect(
                try await test.count(
                    "SELECT count(*) FROM webhook_events WHERE type = 'call.quality' AND (body::json #>> '{data,quality,loss_percent}') = '1'") == 1)
        }
    }
}
