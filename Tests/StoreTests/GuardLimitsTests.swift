import Domain
import LibPQ
import Store
import Testing

private let phone = "+4930901820"
private let minute: Int64 = 60_000

@Suite(.timeLimit(.minutes(2)))
struct GuardLimitsTests {
    private func numbers(_ prefix: String? = nil, country: String? = nil) -> GuardScope {
        GuardScope(numbers: NumberMatch(prefix: prefix, country: country))
    }

    // MARK: Parts of the calls

    @Test("A cap for a prefix or a country holds for these calls only, and counts these calls only")
    func scopes() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: "per_day=100")
            try await test.allow("+356")
            try await test.rule(.cap(.perDay, limit: 1, scope: numbers(country: "MT")))
            try await test.rule(.cap(.concurrent, limit: 1, scope: numbers("+4930")))
            #expect(try await Visitor(1, room: "a").dial(test.store, "+35621223531").isPlaced)
            #expect(try await Visitor(2, room: "b").dial(test.store, phone).isPlaced)
            let maltese = try await Visitor(3, room: "c").dial(test.store, "+35621223532").call?.refusal
            #expect(maltese?.rule == .day && maltese?.limit == 1 && maltese?.used == 1 && maltese?.resetsAt == start + 24 * 60 * minute)
            let german = try await Visitor(4, room: "d").dial(test.store, phone).call?.refusal
            #expect(german?.rule == .concurrent && german?.limit == 1)
        }
    }

    @Test("A link has its calls of a day and its calls at once, and another link has its own")
    func links() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: "per_link_concurrent=1 per_link_day=2")
            let link = try await test.link()
            let first = try #require(try await Visitor(1, room: link.room.text).dial(test.store, phone).call)
            #expect(first.link == link.id)
            let second = try await Visitor(2, room: link.room.text).dial(test.store, "+4930901821").call?.refusal
            #expect(second?.rule == .link && second?.limit == 1 && second?.resetsAt == nil)
            try await test.end(first)
            try await test.end(try #require(try await Visitor(3, room: link.room.text).dial(test.store, "+4930901821").call))
            let third = try await Visitor(4, room: link.room.text).dial(test.store, "+4930901822").call?.refusal
            #expect(third?.rule == .link && third?.limit == 2 && third?.resetsAt == start + 24 * 60 * minute)
            let other = try await test.link()
            #expect(try await Visitor(5, room: other.room.text).dial(test.store, phone).isPlaced)
        }
    }

    // MARK: Hours

    @Test("Outside of its hours a call is refused until the next opening, also over the night in which the clocks change")
    func hours() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: "per_day=100")
            try await test.rule(.hours(try #require(OpeningHours("02:30-08:00", weekdays: [.sunday]))))
            try await test.rule(.hours(try #require(OpeningHours("22:00-01:00", weekdays: [.friday]))))
            var policy = Policy()
            policy.caps.timeZone = "Europe/Berlin"
            func dial(_ number: UInt64, at: Int64) async throws -> DialVerdict {
                try await Visitor(number, room: "room-\(number)").dial(test.store, phone, policy: policy, at: at)
            }
            // Friday 27 March 2026, 22:00 in Berlin is 21:00 UTC; on Sunday the 29th 02:30 does not exist, and 03:30 is 01:30 UTC.
            let friday: Int64 = 1_774_645_200_000
            let sunday = friday + (28 * 60 + 30) * minute
            #expect(try await dial(1, at: friday - 1).call?.refusal?.resetsAt == friday)
            #expect(try await dial(2, at: friday).isPlaced)
            #expect(try await dial(3, at: friday + 180 * minute - 1).isPlaced)
            let night = try await dial(4, at: friday + 180 * minute).call?.refusal
            #expect(night?.rule == .hours && night?.resetsAt == sunday)
            #expect(try await dial(5, at: sunday).isPlaced)
            #expect(try await dial(6, at: sunday + 270 * minute - 1).isPlaced)
            #expect(try await dial(7, at: sunday + 270 * minute).call?.refusal?.resetsAt == friday + 7 * 24 * 60 * minute - 60 * minute)
        }
    }

    // MARK: Time and money

    @Test("Minutes are reserved in slices and settled at the end: what a call did not use is there for the next")
    func settlement() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: "concurrent=none minutes_per_day=11")
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let first = try #require(try await Visitor(1, room: "a").dial(test.store, phone).call)
            #expect(try await Visitor(2, room: "b").dial(test.store, phone).isPlaced)
            // 10 of 11 minutes are reserved: the last one is enough to begin with.
            let third = try #require(try await Visitor(3, room: "c").dial(test.store, phone).call)
            #expect(try await test.reserved(third) == 60)
            let refusal = try await Visitor(4, room: "d").dial(test.store, phone).call?.refusal
            #expect(refusal?.rule == .minutes && refusal?.limit == 11 && refusal?.used == 11)
            // The first lasts a minute and a half; a bridge that was lost has its calls counted up to their end.
            try await test.talk(first, from: start, seconds: 90, &bridge)
            let fifth = try #require(try await Visitor(5, room: "e").dial(test.store, phone, at: start + 2 * minute).call)
            #expect(try await test.reserved(fifth) == 210)
            #expect(try await Visitor(6, room: "f").dial(test.store, phone, at: start + 2 * minute).call?.refusal?.rule == .minutes)
        }
    }

    @Test("A call that is up gets slice after slice; the one that gets no more is named once its time is over, and ends in words")
    func slices() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: "minutes_per_day=11 per_ip_hour=none")
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try #require(try await Visitor(1, room: "a").dial(test.store, phone).call)
            try await test.answer(call, &bridge, at: start)
            func round(at: Int64) async throws -> [CallID] { try await test.store.reserveSlices(bridge: bridge.id, policy: Policy(), now: at) }
            #expect(try await round(at: start + 4 * minute) == [])
            #expect(try await test.reserved(call) == 300)
            #expect(try await round(at: start + 5 * minute - Store.sliceMargin) == [])
            #expect(try await test.reserved(call) == 600)
            // Whoever asks twice gets it once.
            #expect(try await round(at: start + 5 * minute - Store.sliceMargin) == [])
            #expect(try await test.reserved(call) == 600)
            #expect(try await round(at: start + 10 * minute - Store.sliceMargin) == [])
            #expect(try await test.reserved(call) == 660)
            #expect(try await round(at: start + 11 * minute - 1) == [])
            #expect(try await round(at: start + 11 * minute) == [call.id])
            #expect(try await round(at: start + 11 * minute + 2_000) == [call.id], "it is told until it has ended")
            let ending = CallEnding(outcome: .completed, by: .limit, detail: "Hung up.", talkSeconds: 662)
            try await bridge.send(bridge.event(call, .callEnded(room: call.room, ending), at: start + 11 * minute + 2_500), to: test.store)
            let ended = try #require(try await test.store.call(call.id))
            #expect(ended.outcome == .completed && ended.reason?.code == "guard_minutes" && ended.reason?.text.contains("minutes") == true)
            #expect(try await round(at: start + 12 * minute) == [])
        }
    }

    @Test("A lost process changes nothing of what is used: the rows say it, and a call longer than its time counts as long as it is")
    func crash() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: "minutes_per_day=20")
            var bridge = Bridge()
            try await bridge.hello(test.store)
            let call = try #require(try await Visitor(1, room: "a").dial(test.store, phone).call)
            try await test.answer(call, &bridge, at: start)
            // Nobody reserved for ten minutes.
            let other = try await test.another()
            let used = try #require(try await test.check(other, phone, at: start + 10 * minute)).steps.first { $0.cap == .minutesPerDay }
            #expect(used?.finding.used == 10)
            #expect(try await other.reserveSlices(bridge: bridge.id, policy: Policy(), now: start + 10 * minute) == [])
            // The bridge is gone, and with it the call.
            _ = try await other.failCall(call.id, outcome: .internalError, reason: nil, by: .system, now: start + 12 * minute)
            let settled = try #require(try await test.check(other, phone, at: start + 13 * minute)).steps.first { $0.cap == .minutesPerDay }
            #expect(settled?.finding.used == 12)
            await other.close()
        }
    }

    @Test("Money is capped for a day, a link and a number, to the millionth")
    func money() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: "concurrent=none")
            try await test.rule(.cost(prefix: "+49", trunk: nil, perMinute: try #require(MoneyAmount("0.01"))))
            try await test.rule(.cost(prefix: "+4930901820", trunk: nil, perMinute: try #require(MoneyAmount("0.10"))))
            let cap = try await test.rule(.cap(.costPerNumberDay, limit: try #require(MoneyAmount("0.75")).millionths))
            let call = try #require(try await Visitor(1, room: "a").dial(test.store, phone).call)
            #expect(try await test.reserved(call) == 300)
            let second = try #require(try await Visitor(2, room: "b").dial(test.store, phone).call)
            #expect(try await test.reserved(second) == 150)
            let refusal = try await Visitor(3, room: "c").dial(test.store, phone).call?.refusal
            #expect(refusal?.rule == .cost && refusal?.limit == 750_000 && refusal?.used == 750_000)
            try await test.allow("+4930")
            let cheap = try await Visitor(4, room: "d").dial(test.store, "+4930901821")
            #expect(cheap.isPlaced, "another number has its own amount")
            #expect(try await test.store.deleteGuardRule(cap.id) == .changed(cap.id))
            try await test.rule(.cap(.costPerDay, limit: try #require(MoneyAmount("0.85")).millionths))
            let day = try #require(try await Visitor(5, room: "e").dial(test.store, "+4930901822").call)
            // 0.75 and 0.05 are reserved: 0.05 is left, five minutes.
            #expect(try await test.reserved(day) == 300)
            #expect(try await Visitor(6, room: "f").dial(test.store, "+4930901823").call?.refusal?.rule == .cost)
            #expect(try await Visitor(7, room: "g").dial(test.store, "+4930901823").call?.refusal?.used == 850_000)
        }
    }

    // MARK: Warnings and locks

    @Test("A warning is told once in a window, in the dial's own transaction, before the cap is reached")
    func warnings() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            try await test.open(phone, caps: "concurrent=none per_ip_hour=none per_network_hour=none")
            try await test.rule(.cap(.perDay, limit: 5, warnAt: 60), at: start + 1)
            for index in 0..<7 {
                let verdict = try await Visitor(UInt64(index), room: "room-\(index)").dial(test.store, phone, at: start + Int64(index))
                #expect(verdict.isPlaced == (index < 5))
                #expect(try await test.events("guard.warning").count == (index < 2 ? 0 : 1), "\(index)")
            }
            let body = try #require(try await test.events("guard.warning").first)
            #expect(
                body.contains(#""cap":"per_day""#) && body.contains(#""used":3"#) && body.contains(#""limit":5"#) && body.contains(#""warn_at":60"#))
            _ = try await Visitor(20, room: "next").dial(test.store, phone, at: start + 24 * 60 * minute)
            #expect(try await test.events("guard.warning").count == 1)
            for index in 30..<33 { _ = try await Visitor(UInt64(index), room: "r\(index)").dial(test.store, phone, at: start + 24 * 60 * minute + 1) }
            #expect(try await test.events("guard.warning").count == 2)
        }
    }

    @Test("A burst locks a trunk and tells of it; the lock is seen, ends by itself, and can be lifted, whereupon the dials before it do not count")
    func trunkLock() async throws {
        try await TestStore.with { test in
            _ = try await Receiver.make(test.store)
            try await test.open(phone, caps: "concurrent=none per_ip_hour=none per_network_hour=none")
            try await test.rule(.cap(.trunkBurst, limit: 3, burst: BurstTimes(seconds: 10, lockSeconds: 60)))
            func dial(_ number: UInt64, at: Int64) async throws -> DialVerdict {
                try await Visitor(number, room: "room-\(number)").dial(test.store, phone, at: at)
            }
            for index in 0..<3 { #expect(try await dial(UInt64(index), at: start + Int64(index)).isPlaced) }
            let refusal = try await dial(10, at: start + 5_000).call?.refusal
            #expect(refusal?.rule == .trunk && refusal?.limit == 3 && refusal?.used == 3 && refusal?.resetsAt == start + 65_000)
            #expect(try await dial(11, at: start + 64_999).call?.refusal?.resetsAt == start + 65_000)
            let lock = try #require(try await test.store.guardLocks(PageRequest(), now: start + 64_999).entries.first)
            #expect(lock.subject == .trunk(try #require(TrunkID("tr_00000000000a"))) && lock.until == start + 65_000 && lock.dials == 3)
            #expect(try await test.events("guard.locked").count == 1)
            #expect(try await test.store.guardLocks(PageRequest(), now: start + 65_000).entries == [])
            for index in 1...3 { #expect(try await dial(20 + UInt64(index), at: start + 65_000 + Int64(index)).isPlaced) }
            #expect(try await dial(30, at: start + 65_004).call?.refusal?.rule == .trunk)
            let second = try #require(try await test.store.guardLocks(PageRequest(), now: start + 65_005).entries.first)
            #expect(try await test.store.liftGuardLock(second.id, now: start + 65_005))
            #expect(try await !test.store.liftGuardLock(second.id, now: start + 65_006))
            for index in 1...3 { #expect(try await dial(40 + UInt64(index), at: start + 65_005 + Int64(index)).isPlaced) }
            #expect(try await dial(50, at: start + 65_009).call?.refusal?.rule == .trunk)
        }
    }

    @Test("Out of the box the eleventh call of a link within a minute locks it, and no other link")
    func linkLock() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: "concurrent=none")
            let link = try await test.link()
            for index in 0..<10 {
                let verdict = try await Visitor(UInt64(index), room: link.room.text).dial(test.store, "+493090182\(index)", at: start + Int64(index))
                #expect(verdict.isPlaced)
            }
            let refusal = try await Visitor(11, room: link.room.text).dial(test.store, "+4930901840", at: start + 20).call?.refusal
            #expect(refusal?.rule == .link && refusal?.limit == 10 && refusal?.resetsAt == start + 20 + 900_000)
            #expect(refusal?.text.contains("locked") == true)
            let other = try await test.link()
            #expect(try await Visitor(12, room: other.room.text).dial(test.store, phone, at: start + 21).isPlaced)
        }
    }

    // MARK: The dry run and the log

    @Test("A dry run names every rule in its order, with what is used, for an allowed and for a refused dial")
    func explained() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: "per_day=1")
            let client = IPAddress("192.0.2.7")
            let allowed = try #require(try await test.check(test.store, phone, client: client, trunk: "tr_00000000000a"))
            #expect(
                allowed.steps.map(\.finding.rule) == [
                    .malformed, .emergency, .blocklist, .allowlist, .numberType, .country, .address, .network, .trunk, .day, .concurrent,
                ])
            #expect(allowed.steps.allSatisfy(\.isPassed) && allowed.steps.allSatisfy { !$0.finding.text.isEmpty })
            #expect(try await Visitor(1).dial(test.store, phone, client: client).isPlaced)
            let refused = try #require(try await test.check(test.store, phone, client: client))
            #expect(refused.steps.map(\.isPassed) == Array(repeating: true, count: 8) + [false])
            let last = try #require(refused.steps.last)
            #expect(last.finding.rule == .day && last.finding.used == 1 && last.cap == .perDay && last.rule != nil)
            #expect(refused.verdict == .refused(last.finding))
            #expect(refused.steps.first { $0.finding.rule == .address }?.finding.used == 1)
        }
    }

    @Test("A dry run by a link asks the link's own rules")
    func explainedByLink() async throws {
        try await TestStore.with { test in
            try await test.trunk()
            let link = try await test.link()
            let allowed = try #require(try await test.check(test.store, phone, link: link.id))
            #expect(allowed.steps.allSatisfy(\.isPassed) && allowed.steps.contains { $0.cap == .linkBurst })
            #expect(try #require(try await test.check(test.store, "+35621223531", link: link.id)).steps.refusal?.rule == .allowlist)
            #expect(try await test.check(test.store, phone, link: LinkID("ln_none")) == nil)
        }
    }

    @Test("The log is filtered by time, rule, verdict and address")
    func filters() async throws {
        try await TestStore.with { test in
            try await test.open(phone, caps: "per_ip_hour=1")
            for index in 0..<3 {
                _ = try await Visitor(UInt64(index), room: "room-\(index)").dial(test.store, phone, client: .at(1), at: start + Int64(index))
            }
            _ = try await Visitor(9, room: "x").dial(test.store, "+35621223531", client: .at(2), at: start + 9)
            func count(_ filter: GuardDecisionFilter) async throws -> Int {
                try await test.store.guardDecisions(PageRequest(), matching: filter).entries.count
            }
            #expect(try await count(GuardDecisionFilter()) == 4)
            #expect(try await count(GuardDecisionFilter(isAllowed: true)) == 1)
            #expect(try await count(GuardDecisionFilter(rule: .address)) == 2)
            #expect(try await count(GuardDecisionFilter(rule: .allowlist)) == 1)
            #expect(try await count(GuardDecisionFilter(address: .at(1))) == 3)
            #expect(try await count(GuardDecisionFilter(from: start + 1, until: start + 9)) == 2)
        }
    }

    @Test("A rule is changed as it was read, and every kind comes back as it was made")
    func changed() async throws {
        try await TestStore.with { test in
            let effects: [GuardRule.Effect] = [
                .cap(.perDay, limit: 5, scope: numbers("+882"), warnAt: 80),
                .cap(.linkBurst, limit: 3, burst: BurstTimes(seconds: 5, lockSeconds: 7)),
                .hours(
                    try #require(OpeningHours("22:00-06:00", weekdays: [.monday, .sunday])), scope: GuardScope(trunk: TrunkID("tr_00000000000a"))),
                .cost(prefix: "+49", trunk: nil, perMinute: try #require(MoneyAmount("0.019"))), .cap(.costPerDay, limit: MoneyAmount.limit),
            ]
            for effect in effects {
                let rule = try await test.rule(effect)
                #expect(try await test.store.guardRule(rule.id) == rule)
            }
            let rule = try await test.rule(effects[0])
            let changed = GuardRule(id: rule.id, version: 2, effect: .cap(.perDay, limit: 9), note: "more", createdAt: start)
            #expect(try await test.store.updateGuardRule(rule.id, changed.effect, note: "more", if: .oneOf([1])) == .changed(changed))
            #expect(try await test.store.guardRule(rule.id) == changed)
            #expect(try await test.store.updateGuardRule(rule.id, effects[0], note: nil, if: .oneOf([1])) == .outdated)
        }
    }

    @Test("An extension or a link cannot make an emergency number one that is dialled")
    func emergency() async throws {
        try await TestStore.with { test in
            try await test.trunk()
            try await test.allow("+49")
            try await test.sql { transaction throws(PostgresError) in
                _ = try transaction.execute(
                    """
                    INSERT INTO extensions (id, number, display_name, realm, md5_ha1, sha256_ha1, created_at, updated_at)
                    VALUES ('ex_00000000000a', '112', 'Help', 'x', '\\x00', '\\x00', now(), now())
                    """)
                _ = try transaction.execute(
                    """
                    INSERT INTO links (id, kind, minted, room, target, destinations, created_at)
                    VALUES ('ln_000000000001', 'random', true, 'help', '112', '{+49112,+4}', now())
                    """)
            }
            for (index, spelling) in ["112", "1-1-2", "(112)", "+49112", "+49 112", "+1911", "110", "4711"].enumerated() {
                let verdict = try await Visitor(UInt64(index), room: "help").dial(test.store, spelling)
                #expect(verdict.call?.refusal?.rule == .emergency, "\(spelling)")
            }
            #expect(try await test.count("SELECT count(*) FROM calls WHERE command IS NOT NULL") == 0)
        }
    }
}

extension TestStore {
    /// A link for `phone` and its neighbours.
    fileprivate func link() async throws -> MintedLink {
        var generator = SystemRandomNumberGenerator()
        let wish = LinkWish(link: RoomLink(dial: DialTarget(written: phone)), destinations: ["+49309018"])
        guard case .minted(let links) = try await store.mint([wish], now: start, generator: &generator) else {
            throw CancellationError()
        }
        return try #require(links.first)
    }

    fileprivate func end(_ call: CallSnapshot) async throws {
        _ = try await store.failCall(call.id, outcome: .cancelled, reason: nil, by: .user, now: start + 5)
    }

    fileprivate func answer(_ call: CallSnapshot, _ bridge: inout Bridge, at: Int64) async throws {
        try await bridge.take(call, from: store)
        try await bridge.send(bridge.event(call, .callAnswered(room: call.room), at: at), to: store)
    }

    fileprivate func talk(_ call: CallSnapshot, from: Int64, seconds: Int, _ bridge: inout Bridge) async throws {
        try await answer(call, &bridge, at: from)
        let ending = CallEnding(outcome: .completed, by: .phone, detail: "", talkSeconds: seconds)
        try await bridge.send(bridge.event(call, .callEnded(room: call.room, ending), at: from + Int64(seconds) * 1_000), to: store)
    }

    fileprivate func reserved(_ call: CallSnapshot) async throws -> Int {
        try await sql { transaction throws(PostgresError) in
            try transaction.row("SELECT reserved_seconds FROM calls WHERE id = $1", .text(call.id.text)) { row throws(PostgresError) in
                try row.value("reserved_seconds", as: Int.self)
            } ?? -1
        }
    }

    fileprivate func events(_ type: String) async throws -> [String] {
        try await sql { transaction throws(PostgresError) in
            try transaction.rows("SELECT body FROM webhook_events WHERE type = $1", .text(type)) { row throws(PostgresError) in
                try row.value("body", as: String.self)
            }
        }
    }

    fileprivate func check(
        _ store: Store, _ number: String, client: IPAddress? = nil, trunk: String? = nil, link: LinkID? = nil, at: Int64 = start
    ) async throws -> GuardCheckResult? {
        try await store.checkDial(
            DialTarget(written: number), client: client, trunk: trunk.flatMap { TrunkID($0) }, link: link, isGranted: false, now: at,
            policy: Policy(), plan: TestNumberPlan())
    }
}
