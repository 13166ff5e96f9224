import Domain

/// A rule as a program writes it: all fields of all kinds, and at the end what they mean together.
struct GuardRuleDraft {
    enum Kind: String, Encodable, CaseIterable, Sendable { case allow, block, cap, hours, cost }

    private(set) var kind: Kind?
    private(set) var note: String?
    private let isNew: Bool
    private var prefix: String?
    private var country: String?
    private var type: NumberType?
    private var link: LinkID?
    private var trunk: TrunkID?
    private var cap: GuardCap?
    private var limit: Int?
    private var saysLimit = false
    private var amount: MoneyAmount?
    private var saysAmount = false
    private var warnAt: Int?
    private var seconds: Int?
    private var lockSeconds: Int?
    private var hours: OpeningHours?
    private var weekdays: [OpeningHours.Weekday]?
    private var price: MoneyAmount?

    init() { isNew = true }

    /// What a rule says before it is changed.
    init(_ rule: GuardRule) {
        isNew = false
        note = rule.note
        switch rule.effect {
        case .allow(let match):
            kind = .allow
            take(GuardScope(numbers: match))
        case .block(let match):
            kind = .block
            take(GuardScope(numbers: match))
        case .cap(let name, let limit, let scope, let warnAt, let burst):
            (kind, cap, self.warnAt) = (.cap, name, warnAt)
            take(scope)
            if name.unit == .money {
                (amount, saysAmount) = (limit.flatMap { MoneyAmount(millionths: $0) }, true)
            } else {
                (self.limit, saysLimit) = (limit, true)
            }
            (seconds, lockSeconds) = (burst?.seconds, burst?.lockSeconds)
        case .hours(let hours, let scope):
            (kind, self.hours, weekdays) = (.hours, hours, hours.weekdayList)
            take(scope)
        case .cost(let prefix, let trunk, let price):
            (kind, self.prefix, self.trunk, self.price) = (.cost, prefix, trunk, price)
        }
    }

    private mutating func take(_ scope: GuardScope) {
        (prefix, country, type) = (scope.numbers?.prefix, scope.numbers?.country, scope.numbers?.type)
        (link, trunk) = (scope.link, scope.trunk)
    }

    /// Reads what is said, and makes of it what the rule does. `nil` only together with a fault.
    mutating func read(_ fields: inout JSONFields) -> GuardRule.Effect? {
        readKind(&fields)
        prefix = fields.change("prefix", Self.prefixRule).applied(to: prefix)
        country = fields.change("country", Self.countryRule).applied(to: country)
        type = fields.change("number_type", .word).applied(to: type)
        link = fields.change("link", Self.link).applied(to: link)
        trunk = fields.change("trunk", .id).applied(to: trunk)
        let limit = fields.change("limit", .integer(0...1_000_000))
        if case .keep = limit {} else { (self.limit, saysLimit) = (limit.applied(to: self.limit), true) }
        let amount = fields.change("amount", Self.money)
        if case .keep = amount {} else { (self.amount, saysAmount) = (amount.applied(to: self.amount), true) }
        warnAt = fields.change("warn_at", .integer(1...99)).applied(to: warnAt)
        seconds = fields.change("seconds", .integer(BurstTimes.windows)).applied(to: seconds)
        lockSeconds = fields.change("lock_seconds", .integer(BurstTimes.locks)).applied(to: lockSeconds)
        hours = fields.change("hours", Self.hoursRule).applied(to: hours)
        weekdays = fields.change("weekdays", .list(1...7, of: .word)).applied(to: weekdays)
        price = fields.change("price_per_minute", Self.price).applied(to: price)
        note = fields.change("note", .text(1...200)).applied(to: note)
        guard let kind else { return nil }
        refuseStrangers(of: kind, &fields)
        return effect(kind, &fields)
    }

    /// What a rule is does not change; what it says does.
    private mutating func readKind(_ fields: inout JSONFields) {
        if isNew {
            kind = fields.required("kind", .word)
            cap = fields.optional("cap", .word)
            return
        }
        if let said = fields.setting("kind", JSONRule<Kind>.word), said != kind {
            fields.refuse("kind", "The kind of a rule stays as it is. Make another rule.")
        }
        if let said = fields.setting("cap", JSONRule<GuardCap>.word), said != cap {
            fields.refuse("cap", "The cap of a rule stays as it is. Make another rule.")
        }
    }

    /// A field that says nothing in a rule of this kind is a slip.
    private func refuseStrangers(of kind: Kind, _ fields: inout JSONFields) {
        let isScopable = kind == .hours || (kind == .cap && cap?.isScopable != false)
        let isBurst = kind == .cap && cap?.isBurst != false
        let words: [(name: String, isSaid: Bool, isAtHome: Bool)] = [
            ("prefix", prefix != nil, kind != .cap || isScopable), ("country", country != nil, (kind != .cap || isScopable) && kind != .cost),
            ("number_type", type != nil, (kind != .cap || isScopable) && kind != .cost), ("link", link != nil, isScopable),
            ("trunk", trunk != nil, isScopable || kind == .cost), ("cap", cap != nil, kind == .cap),
            ("limit", saysLimit, kind == .cap && cap?.unit != .money), ("amount", saysAmount, kind == .cap && (cap == nil || cap?.unit == .money)),
            ("warn_at", warnAt != nil, kind == .cap && cap?.canWarn != false), ("seconds", seconds != nil, isBurst),
            ("lock_seconds", lockSeconds != nil, isBurst), ("hours", hours != nil, kind == .hours), ("weekdays", weekdays != nil, kind == .hours),
            ("price_per_minute", price != nil, kind == .cost),
        ]
        for word in words where word.isSaid && !word.isAtHome {
            fields.refuse(
                word.name, kind == .cap && cap != nil ? "This cap has no such field." : "A rule of the kind \(kind.rawValue) has no such field.")
        }
    }

    private func effect(_ kind: Kind, _ fields: inout JSONFields) -> GuardRule.Effect? {
        let numbers = NumberMatch(prefix: prefix, country: country, type: type)
        let scope = GuardScope(numbers: numbers, link: link, trunk: trunk)
        switch kind {
        case .allow, .block:
            guard let numbers else {
                fields.refuse("prefix", "A rule names a prefix, a country or a number_type.")
                return nil
            }
            return kind == .allow ? .allow(numbers) : .block(numbers)
        case .cap: return cap(scope, &fields)
        case .hours:
            guard let hours else {
                fields.refuse("hours", "A rule of the kind hours has hours such as 08:00-18:00.")
                return nil
            }
            let days = weekdays.map(Set.init) ?? Set(OpeningHours.Weekday.allCases)
            return OpeningHours(opens: hours.opens, closes: hours.closes, weekdays: days).map { .hours($0, scope: scope) }
        case .cost:
            if prefix == nil { fields.refuse("prefix", "A price is that of numbers with a prefix.") }
            if price == nil { fields.refuse("price_per_minute", "A rule of the kind cost has a price such as 0.019.") }
            guard let prefix, let price else { return nil }
            return .cost(prefix: prefix, trunk: trunk, perMinute: price)
        }
    }

    private func cap(_ scope: GuardScope, _ fields: inout JSONFields) -> GuardRule.Effect? {
        guard let cap else {
            fields.refuse("cap", "A rule of the kind cap names it.")
            return nil
        }
        let isMoney = cap.unit == .money
        let name = isMoney ? "amount" : "limit"
        guard isMoney ? saysAmount : saysLimit else {
            fields.refuse(name, "A rule for this cap has \(isMoney ? "an amount such as 25.00" : "a limit"), or null for none.")
            return nil
        }
        var burst: BurstTimes?
        if cap.isBurst {
            burst = BurstTimes(
                seconds: seconds ?? BurstTimes.standard.seconds, lockSeconds: lockSeconds ?? BurstTimes.standard.lockSeconds)
        }
        guard let value = isMoney ? amount?.millionths : limit else {
            if !cap.isRemovable { fields.refuse(name, "This cap can be set and not taken away.") }
            return .cap(cap, limit: nil, scope: scope, warnAt: warnAt, burst: burst)
        }
        guard cap.range.contains(value) else {
            fields.refuse(name, "It must be a whole number from \(cap.range.lowerBound) to \(cap.range.upperBound).")
            return nil
        }
        return .cap(cap, limit: value, scope: scope, warnAt: warnAt, burst: burst)
    }

    static let link = JSONRule<LinkID>.text("It must be the id of a link.") { LinkID($0) }
    private static let prefixRule = JSONRule<String>.text("It must be + and the first 1 to 15 digits of numbers.") { NumberMatch(prefix: $0)?.prefix }
    private static let countryRule = JSONRule<String>.text("It must be an ISO 3166 country such as DE.") { NumberMatch(country: $0)?.country }
    private static let money = JSONRule<MoneyAmount>.text("It must be a text with an amount such as 25.00, with at most six digits behind the point.")
    {
        MoneyAmount($0)
    }
    private static let price = JSONRule<MoneyAmount>.text(
        "It must be a text with an amount such as 0.019, with at most six digits behind the point, and 10000 at most."
    ) { text in MoneyAmount(text).flatMap { $0.millionths <= MoneyAmount.highestPrice ? $0 : nil } }
    private static let hoursRule = JSONRule<OpeningHours>.text("It must be hours such as 08:00-18:00, or 00:00-24:00.") { OpeningHours($0) }
}
