import Domain
import Store

/// `/v1/guard`: FraudGuard's rules, a dry run, and the log of its decisions.
struct GuardRoutes: RESTResource {
    private static let unknown = ProblemDocument.unknown("unknown_rule", "There is no such rule.")

    let store: Store
    let policy: Policy
    let plan: any NumberPlan

    func add(to routes: RESTRoutes) {
        routes.at("/guard/rules", .read("guard:read", list), .post("guard:write", create))
        routes.at("/guard/rules/:id", .delete("guard:write", delete))
        routes.at("/guard/check", .post("guard:read", check))
        routes.at("/guard/decisions", .read("guard:read", decisions))
    }

    @Sendable private func list(_ request: RESTRequest) async throws -> RESTAnswer {
        try .page(try await store.guardRules(try request.page())) { GuardRuleDocument($0) }
    }

    @Sendable private func create(_ request: RESTRequest) async throws -> RESTAnswer {
        var fields = try request.fields()
        let kind = fields.required("kind", JSONRule<GuardRuleDocument.Kind>.word)
        let prefix = fields.optional("prefix", .text("It must be + and the first 1 to 15 digits of numbers.") { NumberMatch(prefix: $0)?.prefix })
        let country = fields.optional("country", .text("It must be an ISO 3166 country such as DE.") { NumberMatch(country: $0)?.country })
        let type = fields.optional("number_type", JSONRule<NumberType>.word)
        let cap = fields.optional("cap", JSONRule<GuardCap>.word)
        let limit = fields.member("limit", .integer(0...1_000_000))
        let note = fields.optional("note", .text(1...200))
        var effect: GuardRule.Effect?
        switch kind {
        case .allow, .block:
            if cap != nil { fields.refuse("cap", "Only a rule of the kind cap has one.") }
            if case .value = limit { fields.refuse("limit", "Only a rule of the kind cap has one.") }
            if let match = NumberMatch(prefix: prefix, country: country, type: type) {
                effect = kind == .allow ? .allow(match) : .block(match)
            } else {
                fields.refuse("prefix", "A rule names a prefix, a country or a number_type.")
            }
        case .cap:
            if prefix != nil || country != nil || type != nil { fields.refuse("kind", "A cap is for all numbers.") }
            effect = Self.cap(cap, limit, &fields)
        case nil: break
        }
        try fields.finish()
        guard let effect else { throw ProblemDocument.serverError }
        var generator = SystemRandomNumberGenerator()
        guard let rule = try await store.createGuardRule(effect, note: note, now: request.now, generator: &generator) else {
            throw ProblemDocument.full("There are \(Store.guardRuleLimit) rules, which is as many as there may be.")
        }
        return try .created(GuardRuleDocument(rule), at: "/v1/guard/rules/\(rule.id)")
    }

    private static func cap(_ cap: GuardCap?, _ limit: JSONFields.Member<Int>, _ fields: inout JSONFields) -> GuardRule.Effect? {
        guard let cap else {
            fields.refuse("cap", "A rule of the kind cap names it.")
            return nil
        }
        switch limit {
        case .absent:
            fields.refuse("limit", "A rule of the kind cap has a limit, or null for none.")
        case .null where cap.isRemovable:
            return .cap(cap, limit: nil)
        case .null:
            fields.refuse("limit", "This cap can be set and not taken away.")
        case .value(let limit) where cap.range.contains(limit):
            return .cap(cap, limit: limit)
        case .value:
            fields.refuse("limit", "It must be a whole number from \(cap.range.lowerBound) to \(cap.range.upperBound).")
        }
        return nil
    }

    @Sendable private func delete(_ request: RESTRequest) async throws -> RESTAnswer {
        guard try await store.deleteGuardRule(try request.id(or: Self.unknown)) else { throw Self.unknown }
        return .nothing
    }

    /// «Would this dial, and if not why»: nothing is placed or counted.
    @Sendable private func check(_ request: RESTRequest) async throws -> RESTAnswer {
        var fields = try request.fields()
        let number = fields.required("number", .text(1...DialTarget.textLimit))
        let address = fields.optional("address", .text("It must be an IP address.") { IPAddress($0) })
        let trunk = fields.optional("trunk", JSONRule<TrunkID>.id)
        let granted = fields.optional("granted", .flag)
        try fields.finish()
        guard let number else { throw ProblemDocument.serverError }
        let target = DialTarget(written: number)
        let (verdict, profile) = try await store.checkDial(
            target, client: address, trunk: trunk, isGranted: granted ?? false, now: request.now, policy: policy, plan: plan)
        return try .document(GuardCheckDocument(target, profile, verdict))
    }

    @Sendable private func decisions(_ request: RESTRequest) async throws -> RESTAnswer {
        try .page(try await store.guardDecisions(try request.page())) { GuardDecisionDocument($0) }
    }
}

/// A rule as REST shows it.
struct GuardRuleDocument: Encodable {
    enum Kind: String, Encodable, CaseIterable, Sendable { case allow, block, cap }

    var id: GuardRuleID
    var kind: Kind
    var prefix: String?
    var country: String?
    var numberType: NumberType?
    var cap: GuardCap?
    var limit: Int?
    var note: String?
    var createdAt: String

    init(_ rule: GuardRule) {
        id = rule.id
        note = rule.note
        createdAt = RFC3339.text(milliseconds: rule.createdAt)
        switch rule.effect {
        case .allow(let match): (kind, prefix, country, numberType) = (.allow, match.prefix, match.country, match.type)
        case .block(let match): (kind, prefix, country, numberType) = (.block, match.prefix, match.country, match.type)
        case .cap(let cap, let limit): (kind, self.cap, self.limit) = (.cap, cap, limit)
        }
    }
}

/// What a dry run came to.
private struct GuardCheckDocument: Encodable {
    var number: String
    var allowed: Bool
    var region: String?
    var numberType: NumberType?
    var refusal: GuardRefusal?
    var maximumSeconds: Int?

    init(_ target: DialTarget, _ profile: NumberProfile?, _ verdict: GuardVerdict) {
        number = target.text
        region = profile?.region
        numberType = profile?.type
        switch verdict {
        case .allowed(let reservation): (allowed, maximumSeconds) = (true, reservation.maximumSeconds)
        case .refused(let refusal): (allowed, self.refusal) = (false, refusal)
        }
    }
}

/// A line of the log.
private struct GuardDecisionDocument: Encodable {
    var at: String
    var allowed: Bool
    /// More than one for refused dials that got no call each.
    var count: Int
    var call: CallID?
    var room: RoomSlug?
    var number: String?
    var address: String?
    var link: LinkID?
    var refusal: GuardRefusal?

    init(_ decision: GuardDecision) {
        at = RFC3339.text(milliseconds: decision.at)
        allowed = decision.isAllowed
        count = decision.count
        call = decision.call
        room = decision.room
        number = decision.target?.text
        address = decision.address.isEmpty ? nil : decision.address
        link = decision.link
        refusal = decision.refusal
    }
}
