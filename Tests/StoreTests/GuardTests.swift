import Domain
import LibPQ
import Store
import Testing

private let phone = "+4930901820"

@Suite(.timeLimit(.minutes(2)))
struct GuardTests {
    @Test("200 dials at once from two processes against a cap of 50 calls up: exactly 50 are placed, and each end frees exactly one")
    func concurrentCap() async throws {
        try await TestStore.with(connections: 8) { test in try await concurrentCap(test) }
    }

    private func concurrentCap(_ test: TestStore) async throws {
        try await test.open(phone, caps: "concurrent=50 per_day=1000 per_ip_hour=1000 per_network_hour=1000 refusals_per_minute=1000")
        let other = try await test.another()
        let verdicts = try await dials(200, from: 0, over: test.store, other)
        await other.close()
        let placed = verdicts.filter { $0.isPlaced }
        let refused = verdicts.filter { $0.isRefusedForAllLinesUsed }
        #expect(placed.count == 50 && refused.count == 150)
        let up = try await test.count("SELECT count(*) FROM calls WHERE state <> 'ended'")
        #expect(up == 50)

        // Ended twice, by whatever path, a call frees its place once.
        let ended = placed.prefix(3).compactMap { $0.call }
        try await endTwice(ended, in: test.store)
        let later = try await dials(20, from: 1_000, over: test.store, at: start + 6)
        #expect(later.count { $0.isPlaced } == 3)
    }

    @Test("200 dials at once from two processes against 50 a day: exactly 50 are placed on this day, and the next day has its own")
    func dayCap() async throws {
        try await TestStore.with(connections: 8) { test in
            try await test.open(phone, caps: "concurrent=none per_day=50 per_ip_hour=none per_network_hour=none refusals_per_minute=1000")
            let other = try await TestStore.open(test.conninfo, connections: 8)
            let verdicts = try await dials(200, from: 0, over: test.store, other)
            await other.close()
            #expect(verdicts.count(where: \.isPlaced) == 50)
            let refusal = try #require(verdicts.compactMap(\.call?.refusal).first)
            let midnight = start + 24 * 3_600_000
            #expect(refusal.rule == .day && refusal.limit == 50 && refusal.used == 50 && refusal.resetsAt == midnight)
            #expect(try await Visitor(900, room: "before").dial(test.store, phone, at: midnight - 1).call?.refusal?.rule == .day)
            #expect(try await Visitor(901, room: "after").dial(test.store, phone, at: midnight).isPlaced)
        }
    }

    @Test("200 dials at once from two processes against 40 a day, of which 10 to one prefix: exactly so many are placed")
    func partAndWhole() async throws {
        try await TestStore.with(connections: 8) { test in
            try await test.open(phone, caps: "concurrent=none per_day=40 per_ip_hour=none per_network_hour=none refusals_per_minute=1000")
            try await test.allow("+4930")
            try await test.rule(.cap(.perDay, limit: 10, scope: GuardScope(numbers: NumberMatch(prefix: "+49309018"))))
            let other = try await TestStore.open(test.conninfo, connections: 8)
            let verdicts = try await dials(200, from: 0, over: test.store, other, numbers: [phone, "+49301234567"])
            await other.close()
            #expect(verdicts.count(where: \.isPlaced) == 40)
            #expect(verdicts.count { $0.call?.refusal?.rule == .day } == 160)
            let toPrefix = try await test.count("SELECT count(*) FROM calls WHERE command IS NOT NULL AND target = '+4930901820'")
            #expect(toPrefix == 10)
        }
    }

    @Test("A day begins at midnight of the named zone, also on the day when the clocks change")
    func timeZone() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: "per_day=1")
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
            try await test.open(phone, caps: "concurrent=none")
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
            try await test.open(phone, caps: "concurrent=none per_ip_hour=2 per_network_hour=3")
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

    @Test("Heaps of refusals are forgotten after a month, and not before")
    func forgotten() async throws {
        try await TestStore.with { test in
            _ = try await dials(20, from: 0, over: test.store, address: 1)
            _ = try await dials(20, from: 50, over: test.store, address: 2)
            let minute = start / 60_000 * 60_000
            #expect(try await test.store.forgetRefusals(now: minute + Store.refusalsKept - 1) == 0)
            #expect(try await test.store.forgetRefusals(now: minute + Store.refusalsKept) == 2)
            #expect(try await test.count("SELECT count(*) FROM guard_refusals") == 0)
        }
    }

    @Test("Beyond ten rows a minute refused dials of an address are only counted, and another address still has its rows")
    func heaps() async throws {
        try await TestStore.with { test in
            let verdicts = try await dials(60, from: 0, over: test.store, address: 1)
            #expect(verdicts.count(where: \.isRefused) == 10)
            #expect(verdicts.count { $0.turnedAwayBy == .allowlist } == 50)
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
            try await test.open(phone, caps: "per_day=1")
            func check(_ target: String) async throws -> GuardVerdict {
                try #require(
                    try await test.store.checkDial(
                        DialTarget(written: target), client: nil, trunk: nil, isGranted: false, now: start, policy: Policy(), plan: TestNumberPlan()
                    )
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
            #expect(try await test.store.deleteGuardRule(first.id) == .changed(first.id))
            #expect(try await test.store.deleteGuardRule(first.id) == .missing)
        }
    }

    private func endTwice(_ calls: [CallSnapshot], in store: Store) async throws {
        for call in calls + calls { _ = try await store.failCall(call.id, outcome: .cancelled, reason: nil, by: .user, now: start + 5) }
    }

    /// So many visitors dial at once, each in a room of its own, in turn by these processes; each from an own address unless one is given.
    private func dials(
        _ count: Int, from first: Int, over store: Store, _ other: Store? = nil, address: Int? = nil, numbers: [String] = [phone], at: Int64 = start
    ) async throws -> [DialVerdict] {
        try await withThrowingTaskGroup(of: DialVerdict.self) { group in
            for index in first..<(first + count) {
                let store = index.isMultiple(of: 2) ? store : other ?? store
                let client = IPAddress.at(address ?? index)
                let number = numbers[index / 2 % numbers.count]
                group.addTask { try await Visitor(UInt64(index), room: "room-\(index)").dial(store, number, client: client, at: at) }
            }
            var verdicts: [DialVerdict] = []
            for try await verdict in group { verdicts.append(verdict) }
            return verdicts
        }
    }
}

extension IPAddress {
    /// A different address, and a different /24, for each number.
    static func at(_ number: Int) -> IPAddress? {
        IPAddress(bytes: [10, UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number), 1])
    }
}

extension DialVerdict {
    fileprivate var isRefusedForAllLinesUsed: Bool {
        guard let refusal = call?.refusal else { return false }
        return refusal.rule == .concurrent && refusal.limit == 50 && refusal.used == 50
    }
    fileprivate var isRefused: Bool { if case .refused = self { true } else { false } }
    fileprivate var turnedAwayBy: GuardCheck? { if case .turnedAway(_, let refusal) = self { refusal?.rule } else { nil } }
}

extension TestStore {
    /// A trunk, an allowed number, and caps such as `per_day=5 concurrent=none`.
    func open(_ number: String, caps: String) async throws {
        try await trunk()
        try await allow(number)
        for word in caps.split(separator: " ") {
            let parts = word.split(separator: "=").map(String.init)
            guard let cap = GuardCap(rawValue: parts[0]) else { throw Unexpected() }
            try await rule(.cap(cap, limit: Int(parts[1])))
        }
    }
}
