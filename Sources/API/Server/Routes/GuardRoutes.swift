import Domain
import Hummingbird
import Store

/// `/v1/guard`: FraudGuard's rules, a dry run, the log of its decisions, and what it has locked.
struct GuardRoutes: RESTResource {
    private static let unknown = ProblemDocument.unknown("unknown_rule", "There is no such rule.")
    private static let unknownLock = ProblemDocument.unknown("unknown_lock", "There is no such lock, or it is over.")

    let store: Store
    let policy: Policy
    let plan: any NumberPlan

    func add(to routes: RESTRoutes) {
        routes.at("/guard/rules", .read("guard:read", list), .post("guard:write", create))
        routes.at("/guard/rules/:id", .read("guard:read", read), .patch("guard:write", update), .delete("guard:write", delete))
        routes.at("/guard/check", .post("guard:read", check))
        routes.at("/guard/decisions", .read("guard:read", decisions))
        routes.at("/guard/locks", .read("guard:read", locks))
        routes.at("/guard/locks/:id", .delete("guard:write", unlock))
    }

    @Sendable private func list(_ request: RESTRequest) async throws -> RESTAnswer {
        try .page(try await store.guardRules(try request.page())) { GuardRuleDocument($0) }
    }

    @Sendable private func create(_ request: RESTRequest) async throws -> RESTAnswer {
        var fields = try request.fields()
        var draft = GuardRuleDraft()
        let effect = draft.read(&fields)
        try fields.finish()
        guard let effect else { throw ProblemDocument.serverError }
        var generator = SystemRandomNumberGenerator()
        guard let rule = try await store.createGuardRule(effect, note: draft.note, now: request.now, generator: &generator) else {
            throw ProblemDocument.full("There are \(Store.guardRuleLimit) rules, which is as many as there may be.")
        }
        return try .created(GuardRuleDocument(rule), at: "/v1/guard/rules/\(rule.id)", version: rule.version)
    }

    @Sendable private func read(_ request: RESTRequest) async throws -> RESTAnswer {
        guard let rule = try await store.guardRule(try request.id(or: Self.unknown)) else { throw Self.unknown }
        return try .document(GuardRuleDocument(rule), version: rule.version)
    }

    @Sendable private func update(_ request: RESTRequest) async throws -> RESTAnswer {
        let condition = try request.versionCondition()
        guard let rule = try await store.guardRule(try request.id(or: Self.unknown)) else { throw Self.unknown }
        var fields = try request.fields()
        var draft = GuardRuleDraft(rule)
        let effect = draft.read(&fields)
        try fields.finish()
        guard let effect else { throw ProblemDocument.serverError }
        switch condition {
        case .any: break
        case .oneOf(let versions): guard versions.contains(rule.version) else { throw ProblemDocument.outdated }
        }
        // What was read is what was changed: somebody else's change between the two is not overwritten.
        switch try await store.updateGuardRule(rule.id, effect, note: draft.note, if: .oneOf([rule.version])) {
        case .changed(let changed): return try .document(GuardRuleDocument(changed), version: changed.version)
        case .missing: throw Self.unknown
        case .outdated: throw ProblemDocument.outdated
        }
    }

    @Sendable private func delete(_ request: RESTRequest) async throws -> RESTAnswer {
        switch try await store.deleteGuardRule(try request.id(or: Self.unknown), if: try request.versionCondition()) {
        case .changed: return .nothing
        case .missing: throw Self.unknown
        case .outdated: throw ProblemDocument.outdated
        }
    }

    /// «Would this dial, and by which rules»: nothing is placed or counted.
    @Sendable private func check(_ request: RESTRequest) async throws -> RESTAnswer {
        var fields = try request.fields()
        let number = fields.required("number", .text(1...DialTarget.textLimit))
        let address = fields.optional("address", .text("It must be an IP address.") { IPAddress($0) })
        let trunk = fields.optional("trunk", JSONRule<TrunkID>.id)
        let link = fields.optional("link", GuardRuleDraft.link)
        let granted = fields.optional("granted", .flag)
        if link != nil, granted != nil { fields.refuse("granted", "The link says itself whether it grants the call.") }
        try fields.finish()
        guard let number else { throw ProblemDocument.serverError }
        let target = DialTarget(written: number)
        let result = try await store.checkDial(
            target, client: address, trunk: trunk, link: link, isGranted: granted ?? false, now: request.now, policy: policy, plan: plan)
        guard let result else { throw InvalidFields(faults: [FieldFault(pointer: "#/link", detail: "There is no such link.")]) }
        return try .document(GuardCheckDocument(target, result))
    }

    @Sendable private func decisions(_ request: RESTRequest) async throws -> RESTAnswer {
        let page = try request.page(knowing: ["from", "until", "rule", "allowed", "address"])
        var filter = GuardDecisionFilter()
        filter.from = try request.parameter("from", "it is a time such as 2026-01-31T12:00:00Z") { Timestamp.milliseconds(rfc3339: $0) }
        filter.until = try request.parameter("until", "it is a time such as 2026-01-31T12:00:00Z") { Timestamp.milliseconds(rfc3339: $0) }
        filter.rule = try request.parameter("rule", "it is a rule such as allowlist") { GuardCheck(rawValue: $0) }
        filter.isAllowed = try request.parameter("allowed", "it is true or false") { ["true": true, "false": false][$0] }
        filter.address = try request.parameter("address", "it is an IP address") { IPAddress($0) }
        return try .page(try await store.guardDecisions(page, matching: filter)) { GuardDecisionDocument($0) }
    }

    @Sendable private func locks(_ request: RESTRequest) async throws -> RESTAnswer {
        try .page(try await store.guardLocks(try request.page(), now: request.now)) { GuardLockDocument($0) }
    }

    @Sendable private func unlock(_ request: RESTRequest) async throws -> RESTAnswer {
        guard try await store.liftGuardLock(try request.id(or: Self.unknownLock), now: request.now) else { throw Self.unknownLock }
        return .nothing
    }
}

extension RESTRequest {
    /// One query parameter by its rule; `nil` if it is not there.
    fileprivate func parameter<Value>(_ name: String, _ detail: String, _ parse: (String) -> Value?) throws(ProblemDocument) -> Value? {
        guard let text = query.get(name) else { return nil }
        guard let value = parse(text) else { throw .invalidParameter(name, detail) }
        return value
    }
}
