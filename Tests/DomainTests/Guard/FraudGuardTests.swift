import Domain
import Testing

private let german = NumberProfile(isValid: true, region: "DE", type: .fixedLine)
private let premium = NumberProfile(isValid: true, region: "DE", type: .premiumRate)

@Suite("FraudGuard")
struct FraudGuardTests {
    private func rules(_ effects: GuardRule.Effect..., policy: Policy = Policy()) -> GuardRules {
        var generator = SystemRandomNumberGenerator()
        return GuardRules(
            effects.enumerated().map { GuardRule(id: GuardRuleID(random: &generator), effect: $1, note: nil, createdAt: Int64($0)) }, policy: policy)
    }

    private func match(_ prefix: String? = nil, country: String? = nil, type: NumberType? = nil) throws -> NumberMatch {
        try #require(NumberMatch(prefix: prefix, country: country, type: type))
    }

    private func screen(
        _ number: String, of profile: NumberProfile? = german, granted: Bool = false, emergency: Bool = false, _ rules: GuardRules = GuardRules()
    ) -> GuardCheck? {
        FraudGuard.screen(.init(target: DialTarget(written: number), profile: profile, isGranted: granted, isEmergency: emergency), rules)?.rule
    }

    @Test("Out of the box no telephone number passes without a link, and every own number does")
    func empty() {
        #expect(screen("+4930901820") == .allowlist)
        #expect(screen("+4930901820", granted: true) == nil)
        #expect(screen("600", of: nil) == nil && screen("610", of: nil) == nil)
    }

    @Test("The rules are asked in one order: the earlier one names the refusal")
    func order() throws {
        let all = rules(
            .block(try match("+4990")), .block(try match(country: "DE")), .block(try match(type: .fixedLine)), policy: Policy(dialing: .signed))
        #expect(screen("x", of: nil, all) == .malformed)
        #expect(screen("112", of: nil, all) == .emergency)
        #expect(screen("610", of: nil, emergency: true, all) == .emergency)
        #expect(screen("+1234567", of: NumberProfile.none, all) == .malformed)
        #expect(screen("+499001234567", of: premium, all) == .blocklist)
        #expect(screen("+4930901820", all) == .signature)
        #expect(screen("+4930901820", granted: true, all) == .numberType)
        #expect(screen("+4930901820", granted: true, rules(.block(try match(country: "DE")))) == .country)
        #expect(screen("+4930901820", rules(.block(try match(country: "DE")))) == .allowlist)
    }

    @Test("The allowlist knows beginnings, whole numbers and countries")
    func allowlist() throws {
        #expect(screen("+4930901820", rules(.allow(try match("+4930")))) == nil)
        #expect(screen("+4930901820", rules(.allow(try match("+4930901820")))) == nil)
        #expect(screen("+4930901821", rules(.allow(try match("+4930901820")))) == .allowlist)
        #expect(screen("+4930901820", rules(.allow(try match(country: "DE")))) == nil)
        #expect(screen("+4930901820", rules(.allow(try match(country: "MT")))) == .allowlist)
    }

    @Test("A number that costs extra needs a rule that names its type, also with a link", arguments: [NumberType.premiumRate, .sharedCost])
    func costly(type: NumberType) throws {
        let profile = NumberProfile(isValid: true, region: "DE", type: type)
        #expect(screen("+499001234567", of: profile, granted: true) == .numberType)
        #expect(screen("+499001234567", of: profile, rules(.allow(try match("+49900")))) == .numberType)
        #expect(screen("+499001234567", of: profile, rules(.allow(try match("+49900", type: type)))) == nil)
        #expect(screen("+499001234567", of: profile, granted: true, rules(.allow(try match(type: type)))) == nil)
    }

    private func reserve(
        _ rules: GuardRules, linkSeconds: Int? = nil, _ usage: (GuardQuestion) -> GuardUsage? = { _ in nil }
    ) -> GuardTrial {
        FraudGuard.reserve(dial(), rules, linkSeconds: linkSeconds, now: 1_000, usage: usage)
    }

    private func dial(_ number: String = "+4930901820", link: String? = nil, carrier: String? = nil) -> GuardedDial {
        GuardedDial(DialTarget(written: number), profile: german, link: link.flatMap { LinkID($0) }, carrier: carrier.flatMap { TrunkID($0) })
    }

    @Test("Caps are asked in their order, those without a limit and those that do not apply are not")
    func caps() {
        var asked: [GuardCap] = []
        let trial = reserve(rules(.cap(.perNumberDay, limit: 3), .cap(.perNetworkHour, limit: nil), .cap(.perLinkDay, limit: 9))) { question in
            asked.append(question.cap)
            switch question.cap {
            case .perDay: return GuardUsage(used: 200, resetsAt: 5)
            case .perAddressHour: return nil
            default: return GuardUsage(used: question.limit - 1)
            }
        }
        #expect(asked == [.linkBurst, .perLinkDay, .perAddressHour, .perNumberDay, .trunkBurst, .perDay])
        guard case .refused(let refusal) = trial.verdict else { return #expect(Bool(false)) }
        #expect(refusal.rule == .day && refusal.limit == 200 && refusal.used == 200 && refusal.resetsAt == 5 && refusal.outcome == .blocked)
        #expect(trial.steps.map(\.isPassed) == [true, true, true, true, false] && trial.steps.last?.finding == refusal)
    }

    @Test("The safe defaults: 20 an hour for an address, 200 a day, 10 at once, 2 hours a call, 10 of a link and 100 of a trunk in a minute")
    func defaults() {
        let rules = GuardRules()
        #expect(rules.limit(.perAddressHour) == 20 && rules.limit(.perDay) == 200 && rules.limit(.concurrent) == 10)
        #expect(rules.limit(.linkBurst) == 10 && rules.limit(.trunkBurst) == 100)
        #expect(reserve(rules).verdict == .allowed(GuardReservation(maximumSeconds: 7_200, seconds: 300)))
        #expect(reserve(rules, linkSeconds: 60).verdict == .allowed(GuardReservation(maximumSeconds: 60, seconds: 60)))
        #expect(reserve(rules, linkSeconds: 90_000).verdict == .allowed(GuardReservation(maximumSeconds: 7_200, seconds: 300)))
    }

    @Test("A cap of a part of the calls stands beside the one for all, and only calls of its part are held to it")
    func scopes() throws {
        let rules = rules(
            .cap(.perDay, limit: 5, scope: GuardScope(numbers: try match("+882"))),
            .cap(.concurrent, limit: 1, scope: GuardScope(link: LinkID("ln_000000000001"))),
            .cap(.callSeconds, limit: 90, scope: GuardScope(numbers: try match(country: "DE"))))
        let caps = { (dial: GuardedDial) in rules.questions(dial).filter { !$0.scope.isEverything }.map(\.cap) }
        #expect(caps(dial()) == [] && caps(dial("+88216123456")) == [.perDay] && caps(dial(link: "ln_000000000001")) == [.concurrent])
        #expect(caps(dial(link: "ln_000000000002")) == [])
        #expect(rules.callSeconds(dial()) == 90)
        #expect(rules.limit(.perDay) == 200)
    }

    @Test("Minutes are reserved in slices; the last slice is what is left, and a call that could not last a minute is not begun")
    func slices() {
        func seconds(used: Int) -> Int? {
            guard
                case .allowed(let granted) = reserve(
                    rules(.cap(.minutesPerDay, limit: 10)), { $0.cap == .minutesPerDay ? GuardUsage(used: used) : nil }
                )
                .verdict
            else { return nil }
            return granted.seconds
        }
        #expect(seconds(used: 0) == 300 && seconds(used: 300) == 300 && seconds(used: 400) == 200 && seconds(used: 540) == 60)
        #expect(seconds(used: 541) == nil && seconds(used: 9_999) == nil)
    }

    @Test("Money is reserved by the price of the longest prefix; what is left pays for less; a number without a price is refused")
    func money() throws {
        let price = try #require(MoneyAmount("0.02"))
        let more = try #require(MoneyAmount("0.60"))
        let limit = try #require(MoneyAmount("1")).millionths
        let trunk = TrunkID("tr_00000000000a")
        let costs: [GuardRule.Effect] = [
            .cost(prefix: "+49", trunk: nil, perMinute: price), .cost(prefix: "+4930", trunk: nil, perMinute: more),
            .cost(prefix: "+4930", trunk: trunk, perMinute: price), .cap(.costPerDay, limit: limit),
        ]
        var generator = SystemRandomNumberGenerator()
        let rules = GuardRules(
            costs.enumerated().map { GuardRule(id: GuardRuleID(random: &generator), effect: $1, note: nil, createdAt: Int64($0)) })
        #expect(rules.price(dial()) == more && rules.price(dial("+4989123456")) == price)
        #expect(rules.price(dial(carrier: "tr_00000000000a")) == price && rules.price(dial("+35621223531")) == nil)
        func verdict(_ dial: GuardedDial, used: Int) -> GuardVerdict {
            FraudGuard.reserve(dial, rules, now: 0) { $0.cap == .costPerDay ? GuardUsage(used: used) : nil }.verdict
        }
        #expect(verdict(dial(), used: 0) == .allowed(GuardReservation(maximumSeconds: 7_200, seconds: 100, price: more)))
        #expect(verdict(dial("+4989123456"), used: 0) == .allowed(GuardReservation(maximumSeconds: 7_200, seconds: 300, price: price)))
        for (refused, used) in [(dial(), 400_001), (dial("+35621223531"), 0)] {
            guard case .refused(let refusal) = verdict(refused, used: used) else { return #expect(Bool(false)) }
            #expect(refusal.rule == .cost && refusal.limit == limit && refusal.used == used)
        }
    }

    @Test("A warning comes at its level, which is below the limit wherever the limit is more than one")
    func warnings() {
        func level(limit: Int, _ percent: Int) -> Int? {
            (0..<limit).first { used in
                let trial = reserve(rules(.cap(.perDay, limit: limit, warnAt: percent))) { $0.cap == .perDay ? GuardUsage(used: used) : nil }
                return trial.warnings.first?.used == used + 1
            }.map { $0 + 1 }
        }
        #expect(level(limit: 200, 80) == 160 && level(limit: 5, 80) == 4 && level(limit: 3, 99) == 2 && level(limit: 2, 80) == 1)
        #expect(level(limit: 1, 50) == 1 && level(limit: 10, 1) == 1)
    }

    @Test("A burst is the one dial too many; what it has locked stays locked, and is not locked again")
    func bursts() {
        let times = BurstTimes(seconds: 10, lockSeconds: 60)
        let few = rules(.cap(.linkBurst, limit: 3, burst: times))
        func ask(_ usage: GuardUsage) -> GuardTrial { reserve(few) { $0.cap == .linkBurst ? usage : nil } }
        #expect(ask(GuardUsage(used: 2)).verdict == .allowed(GuardReservation(maximumSeconds: 7_200)))
        let first = ask(GuardUsage(used: 3))
        #expect(first.lock?.cap == .linkBurst && first.steps.refusal?.rule == .link && first.steps.refusal?.resetsAt == 61_000)
        let later = ask(GuardUsage(used: 0, lockedUntil: 61_000))
        #expect(later.lock == nil && later.steps.refusal?.resetsAt == 61_000)
    }

    @Test("Of one scope any hours will do, of several scopes all must be open; a refusal tells the next opening")
    func hours() throws {
        let (morning, evening) = (try #require(OpeningHours("08:00-12:00")), try #require(OpeningHours("18:00-20:00")))
        let all = rules(.hours(morning), .hours(evening), .hours(morning, scope: GuardScope(numbers: try match("+49"))))
        let hour: Int64 = 3_600_000
        func ask(_ dial: GuardedDial, at: Int64) -> GuardRefusal? {
            FraudGuard.hours(all.hours(dial, byTrunk: false), now: at * hour) { hours in
                [0, 24].map { OpenTime(from: ($0 + Int64(hours.opens) / 60) * hour, until: ($0 + Int64(hours.closes) / 60) * hour) }
            }.refusal
        }
        let maltese = dial("+35621223531")
        #expect(ask(maltese, at: 8) == nil && ask(maltese, at: 19) == nil && ask(dial(), at: 8) == nil)
        #expect(ask(maltese, at: 12)?.resetsAt == 18 * hour && ask(maltese, at: 20)?.resetsAt == 32 * hour)
        #expect(ask(dial(), at: 19)?.resetsAt == 32 * hour && ask(dial(), at: 19)?.rule == .hours)
    }

    @Test("Hours and amounts are read as they are written, and nothing else is")
    func texts() throws {
        #expect(OpeningHours("22:00-06:00")?.length.closes == 1_800 && OpeningHours("00:00-24:00")?.length.closes == 1_440)
        #expect(OpeningHours("08:00-18:30")?.text == "08:00-18:30")
        for text in ["", "8:00-18:00", "08:00", "08:00-08:00", "24:00-08:00", "08:60-18:00", "08:00-24:01", "08:00-18:00-"] {
            #expect(OpeningHours(text) == nil, "\(text)")
        }
        #expect(MoneyAmount("0.019")?.millionths == 19_000)
        #expect(MoneyAmount("12")?.text == "12" && MoneyAmount("0.0190")?.text == "0.019")
        for text in ["", ".", "1.", ".5", "-1", "1e3", "0.0000001", "99999999999", "1.2.3", "1,5"] { #expect(MoneyAmount(text) == nil, "\(text)") }
        let price = try #require(MoneyAmount("0.01"))
        #expect(price.cost(ofSeconds: 1) == 167 && price.cost(ofSeconds: 60) == 10_000)
        #expect(price.seconds(for: 10_000) == 60)
        let most = try #require(MoneyAmount(millionths: MoneyAmount.limit))
        #expect(most.cost(ofSeconds: .max) > 0)
    }

    @Test("Every number of 2–6 digits that calls for help is refused in every spelling, by link and rule, also after any calling code")
    func emergencySweep() throws {
        let everything = rules(.allow(try match(type: .unknown)), .allow(try match(country: "DE")))
        var swept = 0
        for length in 2...6 {
            let all = Int("1" + String(repeating: "0", count: length)) ?? 0
            for number in 0..<all {
                let digits = String(String(all + number).dropFirst())
                guard EmergencyNumbers.contains(short: digits) else { continue }
                swept += 1
                for spelling in spellings(of: digits) {
                    for granted in [false, true] {
                        #expect(screen(spelling, of: german, granted: granted, everything) == .emergency, "\(spelling)")
                    }
                }
            }
        }
        #expect(swept == 248, "as many as EmergencyNumbers lists")
    }

    private func spellings(of digits: String) -> [String] {
        let split = "\(digits.prefix(1))-\(digits.dropFirst())"
        let dotted = digits.map(String.init).joined(separator: ".")
        let plain = [digits, split, "\(digits) ", "(\(digits))", dotted, " \(digits)"]
        guard digits.utf8.count <= 3 else { return plain }
        return plain + ["+49 \(digits)", "+1\(digits)", "+(44) \(digits)", "+7.\(digits)"]
    }

    @Test("What keeps calls finite can be set and not taken away; of two rules the later one holds")
    func lasting() {
        #expect(rules(.cap(.callSeconds, limit: nil)).limit(.callSeconds) == 7_200)
        #expect(rules(.cap(.perDay, limit: nil)).limit(.perDay) == nil)
        #expect(rules(.cap(.perDay, limit: 5), .cap(.perDay, limit: 6)).limit(.perDay) == 6)
    }

    @Test("No refusal holds a whole number, and that of a hidden one no digit")
    func words() throws {
        let everything = rules(.block(try match(country: "DE")), .block(try match("+4930")), .block(try match(type: .fixedLine)))
        for hides in [false, true] {
            for rules in [GuardRules(), everything, rules(.block(try match(country: "DE")))] {
                let subject = FraudGuard.Subject(
                    target: DialTarget(written: "+4930901820"), profile: german, isGranted: rules.allow.isEmpty && hides, hidesNumber: hides)
                guard let text = FraudGuard.screen(subject, rules)?.text else { continue }
                #expect(!text.contains("901820"))
                if hides { #expect(!text.utf8.contains { (48...57).contains($0) }) }
            }
        }
    }
}

@Suite("Whose dial it is")
struct ClientAddressTests {
    private func client(_ peer: String, _ hops: [String], _ trusted: [String]) throws -> String {
        try #require(IPAddress(peer)).client(hops, trusted)
    }

    @Test("From nobody's proxy the header says nothing")
    func untrusted() throws {
        #expect(try client("203.0.113.9", ["198.51.100.1"], []) == "203.0.113.9")
        #expect(try client("203.0.113.9", ["198.51.100.1"], ["10.0.0.0/8"]) == "203.0.113.9")
    }

    @Test("Behind our proxies it is the rightmost hop that is none of them")
    func hops() throws {
        #expect(try client("10.0.0.1", ["198.51.100.1"], ["10.0.0.0/8"]) == "198.51.100.1")
        #expect(try client("10.0.0.1", ["6.6.6.6, 198.51.100.1 , 10.2.3.4"], ["10.0.0.0/8"]) == "198.51.100.1")
        #expect(try client("10.0.0.1", ["6.6.6.6", "198.51.100.1:4711", "10.2.3.4"], ["10.0.0.0/8"]) == "198.51.100.1")
        #expect(try client("10.0.0.1", ["[2001:db8::1]:443"], ["10.0.0.0/8"]) == "2001:db8::1")
        #expect(try client("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], ["10.0.0.0/8"]) == "198.51.100.1")
        #expect(try client("10.0.0.1", [], ["10.0.0.0/8"]) == "10.0.0.1")
        #expect(try client("10.0.0.1", ["198.51.100.1, unknown, 10.0.0.2"], ["10.0.0.0/8"]) == "10.0.0.2")
    }

    @Test("What counts as one address and one network")
    func counted() throws {
        let four = try #require(IPAddress("192.0.2.77"))
        let six = try #require(IPAddress("2001:db8:1:2fff::9"))
        #expect(four.countedAddress == "192.0.2.77" && four.countedNetwork == "192.0.2.0/24")
        #expect(six.countedAddress == "2001:db8:1:2fff::/64" && six.countedNetwork == "2001:db8:1:2f00::/56")
    }
}

extension IPAddress {
    fileprivate func client(_ hops: [String], _ trusted: [String]) -> String {
        IPAddress.client(peer: self, forwardedFor: hops, trusted: trusted.compactMap { CIDRBlock($0) }).description
    }
}

@Suite("Times in UTC")
struct RFC3339Tests {
    @Test(
        "A moment and its text are one",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00Z"), (1_767_225_600_000, "2026-01-01T00:00:00Z"), (951_827_696_000, "2000-02-29T12:34:56Z"),
            (-1_000, "1969-12-31T23:59:59Z"), (253_402_300_799_000, "9999-12-31T23:59:59Z"),
        ])
    func roundTrip(milliseconds: Int64, text: String) {
        #expect(RFC3339.text(milliseconds: milliseconds) == text)
        #expect(RFC3339.milliseconds(text) == milliseconds)
    }

    @Test("No moment is too far, and no other text is read")
    func bounds() {
        #expect(RFC3339.text(milliseconds: .max) == "9999-12-31T23:59:59Z" && RFC3339.text(milliseconds: .min) == "0000-01-01T00:00:00Z")
        for text in ["", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01 00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00+"] {
            #expect(RFC3339.milliseconds(text) == nil)
        }
    }
}
