import Domain
import LibPQ

/// What a dry run came to.
public struct GuardCheckResult: Sendable, Equatable {
    /// Every rule that was asked, in its order; the last one refuses, or none does.
    public var steps: [GuardStep]
    public var verdict: GuardVerdict
    /// `nil` for what is no telephone number.
    public var profile: NumberProfile?
}

extension Store {
    /// What would become of a dial, and by which rules, without placing it or counting it.
    ///
    /// - Parameters:
    ///   - client: whose counts it would fall under.
    ///   - trunk: the trunk that would be tried first.
    ///   - link: the link by which it would be dialled; `isGranted`: as if by some link.
    /// - Returns: `nil` if there is no such link.
    public func checkDial(
        _ target: DialTarget, client: IPAddress?, trunk: TrunkID?, link: LinkID? = nil, isGranted: Bool, now: Int64, policy: Policy,
        plan: any NumberPlan
    ) async throws(StoreError) -> GuardCheckResult? {
        var profile: NumberProfile?
        var isEmergency = false
        switch target {
        case .e164(let number): profile = plan.profile(of: number)
        case .short(let digits): isEmergency = plan.isEmergency(short: digits)
        case .unreadable: break
        }
        return try await transaction { [profile, isEmergency] transaction throws(PostgresError) -> GuardCheckResult? in
            var grant: LinkGrant?
            if let link {
                guard let known = try transaction.checkedLink(link, dialling: target, now: now) else { return nil }
                grant = known.grants ? known.grant : nil
            }
            let subject = FraudGuard.Subject(
                target: target, profile: profile, isGranted: isGranted || grant != nil, isEmergency: isEmergency,
                hidesNumber: grant?.hidesNumber == true)
            let rules = try transaction.guardRules(covering: target, profile, policy: policy)
            let dial = GuardedDial(target, profile: profile, link: grant?.id, carrier: trunk)
            var steps = FraudGuard.screening(subject, rules)
            func refused() -> GuardCheckResult? {
                steps.refusal.map { GuardCheckResult(steps: steps, verdict: .refused($0), profile: profile) }
            }
            if let refused = refused() { return refused }
            steps += try transaction.guardHours(dial, byTrunk: false, rules, now: now)
            if let refused = refused() { return refused }
            if let grant { steps.append(grant.step) }
            if let refused = refused() { return refused }
            steps += try transaction.guardHours(dial, byTrunk: true, rules, now: now)
            if let refused = refused() { return refused }
            var counted = CountedDial(target, client: client, carrier: trunk, link: grant?.id, now: now)
            counted.day = try transaction.guardDay(now, rules.timeZone)
            let trial = try FraudGuard.reserve(dial, rules, linkSeconds: grant?.maximumSeconds, now: now) { question throws(PostgresError) in
                try transaction.guardUsage(question, counted)
            }
            return GuardCheckResult(steps: steps + trial.steps, verdict: trial.verdict, profile: profile)
        }
    }
}

extension PostgresTransaction {
    /// A link as a dry run sees it, and whether it grants calls to the target at all.
    fileprivate func checkedLink(_ id: LinkID, dialling target: DialTarget, now: Int64) throws(PostgresError) -> (grant: LinkGrant, grants: Bool)? {
        try row(
            """
            SELECT target, slug IS NOT NULL AS hides, max_uses, max_seconds, destinations, not_before > instant($2) AS early,
                   expires_at <= instant($2) AS late, revoked_at IS NOT NULL AS revoked,
                   (SELECT count(*) FROM calls WHERE link = $1 AND command IS NOT NULL) AS used
              FROM links WHERE id = $1
            """, .id(id), .int(now)
        ) { row throws(PostgresError) in
            var fault: LinkFault?
            if try row.optional("late", as: Bool.self) == true { fault = .expired }
            if try row.optional("early", as: Bool.self) == true { fault = .notYetValid }
            if try row.value("revoked", as: Bool.self) { fault = .revoked }
            let destinations = try row.value("destinations", as: [String].self)
            let isItsNumber = try row.optional("target", as: String.self) == target.text
            return (
                grant: LinkGrant(
                    id: id, maximumSeconds: try row.optional("max_seconds"), maximumUses: try row.optional("max_uses"),
                    used: try row.value("used"), hidesNumber: try row.value("hides"), fault: fault),
                grants: isItsNumber || (target.isTelephone && destinations.contains(where: target.text.hasPrefix))
            )
        }
    }
}

extension LinkGrant {
    /// The link's own word, as a step.
    fileprivate var step: GuardStep {
        if let refusal { return GuardStep(refusal: refusal) }
        return GuardStep(passedLink: maximumUses, used: used)
    }
}
