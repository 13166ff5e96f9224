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

    @Test("Caps are asked in their order, those without a limit and those that do not apply are not")
    func caps() {
        var asked: [GuardCheck] = []
        let verdict = FraudGuard.reserve(isTelephone: true, rules(.cap(.perNumberDay, limit: 3), .cap(.perNetworkHour, limit: nil))) {
            check, enough in
            asked.append(check)
            return check == .day ? GuardUsage(used: 200, resetsAt: 5) : check == .address ? nil : GuardUsage(used: enough - 1)
        }
        #expect(asked == [.address, .number, .day])
        guard case .refused(let refusal) = verdict else { return #expect(Bool(false)) }
        #expect(refusal.rule == .day && refusal.limit == 200 && refusal.used == 200 && refusal.resetsAt == 5 && refusal.outcome == .blocked)
    }

    @Test("The safe defaults: 20 an hour for an address, 200 a day, 10 at once, 2 hours a call")
    func defaults() {
        let rules = GuardRules()
        #expect(rules.limit(.perAddressHour) == 20 && rules.limit(.perDay) == 200 && rules.limit(.concurrent) == 10)
        #expect(FraudGuard.reserve(isTelephone: true, rules) { _, _ in nil } == .allowed(GuardReservation(maximumSeconds: 7_200)))
        #expect(FraudGuard.reserve(isTelephone: true, rules, linkSeconds: 60) { _, _ in nil } == .allowed(GuardReservation(maximumSeconds: 60)))
        #expect(
            FraudGuard.reserve(isTelephone: true, rules, linkSeconds: 90_000) { _, _ in nil } == .allowed(GuardReservation(maximumSeconds: 7_200)))
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
