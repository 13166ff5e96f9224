import Domain
import Store

/// A rule as REST shows it.
struct GuardRuleDocument: Encodable {
    var id: GuardRuleID
    var kind: GuardRuleDraft.Kind
    var prefix: String?
    var country: String?
    var numberType: NumberType?
    var link: LinkID?
    var trunk: TrunkID?
    var cap: GuardCap?
    var limit: Int?
    var amount: String?
    var warnAt: Int?
    var seconds: Int?
    var lockSeconds: Int?
    var hours: String?
    var weekdays: [OpeningHours.Weekday]?
    var pricePerMinute: String?
    var note: String?
    var createdAt: String

    init(_ rule: GuardRule) {
        id = rule.id
        note = rule.note
        createdAt = RFC3339.text(milliseconds: rule.createdAt)
        var scope = GuardScope.everything
        switch rule.effect {
        case .allow(let match): (kind, scope) = (.allow, GuardScope(numbers: match))
        case .block(let match): (kind, scope) = (.block, GuardScope(numbers: match))
        case .cap(let cap, let limit, let covered, let warnAt, let burst):
            (kind, self.cap, scope, self.warnAt) = (.cap, cap, covered, warnAt)
            if cap.unit == .money {
                amount = limit.flatMap { MoneyAmount(millionths: $0)?.text }
            } else {
                self.limit = limit
            }
            (seconds, lockSeconds) = (burst?.seconds, burst?.lockSeconds)
        case .hours(let hours, let covered): (kind, self.hours, weekdays, scope) = (.hours, hours.text, hours.weekdayList, covered)
        case .cost(let prefix, let trunk, let price):
            (kind, scope, pricePerMinute) = (.cost, GuardScope(numbers: NumberMatch(prefix: prefix), trunk: trunk), price.text)
        }
        (prefix, country, numberType) = (scope.numbers?.prefix, scope.numbers?.country, scope.numbers?.type)
        (link, trunk) = (scope.link, scope.trunk)
    }
}

/// What a dry run came to.
struct GuardCheckDocument: Encodable {
    var number: String
    var allowed: Bool
    var region: String?
    var numberType: NumberType?
    var refusal: GuardRefusal?
    var maximumSeconds: Int?
    /// The first slice.
    var reservedSeconds: Int?
    var pricePerMinute: String?
    var rules: [Step]

    struct Step: Encodable {
        var rule: GuardCheck
        var passed: Bool
        var cap: GuardCap?
        var ruleId: GuardRuleID?
        var limit: Int?
        var used: Int?
        var resetsAt: String?
        var text: String

        init(_ step: GuardStep) {
            (rule, passed, cap, ruleId) = (step.finding.rule, step.isPassed, step.cap, step.rule)
            (limit, used, text) = (step.finding.limit, step.finding.used, step.finding.text)
            resetsAt = step.finding.resetsAt.map { RFC3339.text(milliseconds: $0) }
        }
    }

    init(_ target: DialTarget, _ result: GuardCheckResult) {
        number = target.text
        region = result.profile?.region
        numberType = result.profile?.type
        rules = result.steps.map(Step.init)
        switch result.verdict {
        case .allowed(let reservation):
            (allowed, maximumSeconds) = (true, reservation.maximumSeconds)
            if target.isTelephone { (reservedSeconds, pricePerMinute) = (reservation.seconds, reservation.price?.text) }
        case .refused(let refusal): (allowed, self.refusal) = (false, refusal)
        }
    }
}

/// A line of the log.
struct GuardDecisionDocument: Encodable {
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

/// A locked link or trunk.
struct GuardLockDocument: Encodable {
    var id: GuardLockID
    var link: LinkID?
    var trunk: TrunkID?
    var dials: Int
    var seconds: Int
    var lockedAt: String
    var until: String

    init(_ lock: GuardLock) {
        (id, dials, seconds) = (lock.id, lock.dials, lock.seconds)
        lockedAt = RFC3339.text(milliseconds: lock.lockedAt)
        until = RFC3339.text(milliseconds: lock.until)
        switch lock.subject {
        case .link(let link): self.link = link
        case .trunk(let trunk): self.trunk = trunk
        }
    }
}
