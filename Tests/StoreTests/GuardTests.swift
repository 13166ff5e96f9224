import Domain
import LibPQ
import Store
import Testing

private let phone = "+4930901820"

@Suite(.timeLimit(.minutes(2)))
struct GuardTests {
    @Test("200 dials at once from two processes against a cap of 50 calls up: exactly 50 are placed, and each end frees exactly one")
    func concurrentCap() async throws {
        try await TestStore.with(connections: 8) { test in
            try await test.open(
                phone, caps: [.concurrent: 50, .perDay: 1_000, .perAddressHour: 1_000, .perNetworkHour: 1_000, .refusalsPerMinute: 1_000])
            let other = try await TestStore.open(test.conninfo, connections: 8)
            let verdicts = try await race(200) { index in
                try await Visitor(UInt64(index), room: "room-\(index)").dial(index.isMultiple(of: 2) ? test.store : other, phone, client: .at(index))
            }
            await other.close()
            #expect(verdicts.count(where: \.isPlaced) == 50)
            #expect(verdicts.compactMap(\.call?.refusal).count(where: { $0.rule == .concurrent && $0.limit == 50 && $0.used == 50 }) == 150)
            #expect(try await test.count("SELECT count(*) FROM calls WHERE state <> 'ended'") == 50)

            // Ended twice, by whatever path, a call frees its place once.
            for call in verdicts.filter(\.isPlaced).compactMap(\.call).prefix(3) {
                for _ in 0..<2 { _ = try await test.store.failCall(call.id, outcome: .cancelled, reason: nil, by: .user, now: start + 5) }
            }
            let later = try await race(20) { index in
                try await Visitor(UInt64(1_000 + index), room: "late-\(index)").dial(test.store, phone, client: .at(index), at: start + 6)
            }
            #expect(later.count(where: \.isPlaced) == 3)
        }
    }

    @Test("200 dials at once from two processes against 50 a day: exactly 50 are placed on this day, and the next day has its own")
    func dayCap() async throws {
        try await TestStore.with(connections: 8) { test in
            try await test.open(phone, caps: [.concurrent: nil, .perDay: 50, .perAddressHour: nil, .perNetworkHour: nil, .refusalsPerMinute: 1_000])
            let other = try await TestStore.open(test.conninfo, connections: 8)
            let verdicts = try await race(200) { index in
                try await Visitor(UInt64(index), room: "room-\(index)").dial(index.isMultiple(of: 2) ? test.store : other, phone)
            }
            await other.close()
            #expect(verdicts.count(where: \.isPlaced) == 50)
            let refusal = try #require(verdicts.compactMap(\.call?.refusal).first)
            let midnight = start + 24 * 3_600_000
            #expect(refusal.rule == .day && refusal.limit == 50 && refusal.used == 50 && refusal.resetsAt == midnight)
            #expect(try await Visitor(900, room: "before").dial(test.store, phone, at: midnight - 1).call?.refusal?.rule == .day)
            #expect(try await Visitor(901, room: "after").dial(test.store, phone, at: midnight).isPlaced)
        }
    }

    @Test("A day begins at midnight of the named zone, also on the day when the clocks change")
    func timeZone() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: [.perDay: 1])
            var policy = Policy()
            policy.caps.timeZone = "Europe/Berlin"
            // 29 March 2026 has 23 hours in Berlin: from 23:00 to 22:00 UTC.
            let noon: Int64 = 1_774_785_600_000
            #expect(try await Visitor(1, room: "a").dial(test.store, phone, policy: policy, at: noon).isPlaced)
            let refusal = try await Visitor(2, room: "b").dial(test.store, phone, policy: policy, at: noon + 1).call?.refusal
            #expect(refusal?.rule == .day && refusal?.resetsAt == noon + 10 * 3_600_000)
        }
    }

    @Test("An address places 20 calls an hour out of the box, and the next when the first is an hour old")
    func addressCap() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: [.concurrent: nil])
            for index in 0..<20 {
                #expect(
                    try await Visitor(UInt64(index), room: "room-\(index)").dial(test.store, phone, client: .at(7), at: start + Int64(index)).isPlaced
                )
            }
            let refused = try await Visitor(99, room: "more").dial(test.store, phone, client: .at(7), at: start + 100).call
            #expect(refused?.outcome == .blocked)
            #expect(refused?.refusal?.rule == .address && refused?.refusal?.limit == 20 && refused?.refusal?.resetsAt == start + 3_600_000)
            #expect(try await Visitor(98, room: "own").dial(test.store, phone, client: .at(8), at: start + 100).isPlaced)
            #expect(try await Visitor(97, room: "later").dial(test.store, phone, client: .at(7), at: start + 3_600_000).isPlaced)
        }
    }

    @Test("The neighbours of an IPv6 subscriber's /64 are one address, and many addresses of a /24 are limited together")
    func networks() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: [.concurrent: nil, .perAddressHour: 2, .perNetworkHour: 3])
            func dial(_ number: UInt64, _ address: String) async throws -> DialVerdict {
                try await Visitor(number, room: "room-\(number)").dial(test.store, phone, client: IPAddress(address))
            }
            #expect(try await dial(1, "2001:db8::1").isPlaced)
            #expect(try await dial(2, "2001:db8::ffff:2").isPlaced)
            #expect(try await dial(3, "2001:db8::3").call?.refusal?.rule == .address)
            for index in 1...3 { #expect(try await dial(10 + UInt64(index), "192.0.2.\(index)").isPlaced) }
            #expect(try await dial(20, "::ffff:192.0.2.4").call?.refusal?.rule == .network)
        }
    }

    @Test("Own numbers need no allowlist and use up no lines, and are limited by themselves")
    func internalNumbers() async throws {
        try await TestStore.with { test in
            try await test.rule(.cap(.internalPerAddressHour, limit: 2))
            try await test.rule(.cap(.perDay, limit: 0))
            #expect(try await Visitor(1, room: "a").dial(test.store, "600", client: .at(1)).isPlaced)
            #expect(try await Visitor(2, room: "b").dial(test.store, "601", client: .at(1)).isPlaced)
            #expect(try await Visitor(3, room: "c").dial(test.store, "600", client: .at(1)).call?.refusal?.rule == .address)
            #expect(try await Visitor(4, room: "d").dial(test.store, "600", client: .at(2)).isPlaced)
        }
    }

    @Test(
        "A refusal is a call that has ended, with its rule",
        arguments: [
            ("hello", CallOutcome.invalidNumber, GuardCheck.malformed), ("0049301234567", .invalidNumber, .malformed), ("112", .blocked, .emergency),
            ("+49 112", .blocked, .emergency), ("4711", .blocked, .emergency), ("+1234567", .invalidNumber, .malformed),
            ("+4930901820", .blocked, .allowlist),
        ])
    func refusals(target: String, outcome: CallOutcome, rule: GuardCheck) async throws {
        try await TestStore.with { test in
            let verdict = try await Visitor(1).dial(test.store, target)
            guard case .refused(let call) = verdict else { throw Unexpected() }
            #expect(call.outcome == outcome && call.refusal?.rule == rule && call.state == .ended)
            #expect(try await test.store.call(call.id) == call)
            #expect(try await Visitor(1).dial(test.store, target) == .known(call))
            #expect(try await test.store.guardDecisions(PageRequest()).entries.map(\.refusal) == [call.refusal])
        }
    }

    @Test("Beyond ten rows a minute refused dials of an address are only counted, and another address still has its rows")
    func heaps() async throws {
        try await TestStore.with { test in
            let verdicts = try await race(60) { index in
                try await Visitor(UInt64(index), room: "room-\(index)").dial(test.store, phone, client: .at(1))
            }
            #expect(verdicts.count { if case .refused = $0 { true } else { false } } == 10)
            #expect(verdicts.count { if case .turnedAway(_, let refusal) = $0 { refusal?.rule == .allowlist } else { false } } == 50)
            #expect(try await test.count("SELECT count(*) FROM calls") == 10)
            #expect(try await test.count("SELECT sum(count)::bigint AS count FROM guard_refusals") == 50)
            #expect(try await test.count("SELECT count(*) FROM guard_refusals") == 1)
            #expect(try await Visitor(90, room: "x").dial(test.store, phone, client: .at(300)).call?.outcome == .blocked)
            let decisions = try await test.store.guardDecisions(PageRequest(limit: 100)).entries
            #expect(decisions.reduce(0) { $0 + $1.count } == 61)
            #expect(try await Visitor(91, room: "y").dial(test.store, phone, client: .at(1), at: start + 60_001).call?.outcome == .blocked)
        }
    }

    @Test("A dry run says what a dial would say, and counts nothing")
    func dryRun() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: [.perDay: 1])
            func check(_ target: String) async throws -> GuardVerdict {
                try await test.store.checkDial(
                    DialTarget(written: target), client: nil, trunk: nil, isGranted: false, now: start, policy: Policy(), plan: TestNumberPlan()
                ).verdict
            }
            for _ in 0..<3 { #expect(try await check(phone) == .allowed(GuardReservation(maximumSeconds: 7_200))) }
            #expect(try await Visitor(1).dial(test.store, phone).isPlaced)
            guard case .refused(let refusal) = try await check(phone) else { throw Unexpected() }
            #expect(refusal.rule == .day && refusal.used == 1)
            #expect(try await test.count("SELECT count(*) FROM calls") == 1)
        }
    }

    @Test("Rules are listed newest first, and deleted once")
    func rules() async throws {
        try await TestStore.with { test in
            let first = try await test.rule(.block(try #require(NumberMatch(country: "MT"))))
            let second = try await test.rule(.cap(.perDay, limit: nil), at: start + 1)
            let page = try await test.store.guardRules(PageRequest(limit: 1))
            #expect(page.entries == [second])
            #expect(try await test.store.guardRules(PageRequest(limit: 1, after: page.next)).entries == [first])
            #expect(try await test.store.deleteGuardRule(first.id))
            #expect(try await !test.store.deleteGuardRule(first.id))
        }
    }

    private func race<T: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> T) async throws -> [T] {
        try await withThrowingTaskGroup { group in
            for index in 0..<count { group.addTask { try await body(index) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

extension IPAddress {
    /// A different address, and a different /24, for each number.
    fileprivate static func at(_ number: Int) -> IPAddress? {
        IPAddress(bytes: [10, UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number), 1])
    }
}

extension TestStore {
    fileprivate func open(_ number: String, caps: [GuardCap: Int?]) async throws {
        try await answer(number)
        try await allow(number)
        for (cap, limit) in caps { try await rule(.cap(cap, limit: limit)) }
    }
}
