import Crypto

/// The `data` of `guard.warning`: a cap has come to the level at which its operator wants to know. Its names are the JSON's.
public struct GuardWarningData: Encodable, Sendable, Equatable {
    public struct Warning: Encodable, Sendable, Equatable {
        public var cap: GuardCap
        /// Left out for a default.
        public var rule: GuardRuleID?
        public var prefix: String?
        public var country: String?
        public var number_type: NumberType?
        public var link: LinkID?
        public var trunk: TrunkID?
        /// For whom or what the cap counts: an address, a network, a number; left out where it is all calls.
        public var subject: String?
        /// In calls or minutes; of money in millionths of the currency's unit.
        public var limit: Int
        public var used: Int
        public var warn_at: Int
        public var resets_at: String?
        public var text: String
    }

    public var warning: Warning

    public init(_ warning: GuardWarning, subject: String) {
        let (question, numbers) = (warning.question, warning.question.scope.numbers)
        self.warning = Warning(
            cap: question.cap, rule: question.rule, prefix: numbers?.prefix, country: numbers?.country, number_type: numbers?.type,
            link: question.scope.link, trunk: question.scope.trunk, subject: subject.isEmpty ? nil : subject, limit: question.limit,
            used: warning.used, warn_at: question.warnAt ?? 0, resets_at: warning.resetsAt.map { RFC3339.text(milliseconds: $0) },
            text: "A limit is used up to \(question.warnAt ?? 0) percent. When it is reached calls are refused.")
    }
}

/// The `data` of `guard.locked`. Its names are the JSON's.
public struct GuardLockData: Encodable, Sendable, Equatable {
    public struct Lock: Encodable, Sendable, Equatable {
        public var id: GuardLockID
        public var link: LinkID?
        public var trunk: TrunkID?
        public var dials: Int
        public var seconds: Int
        public var locked_at: String
        public var until: String
    }

    public var lock: Lock

    public init(_ lock: GuardLock) {
        self.lock = Lock(
            id: lock.id, dials: lock.dials, seconds: lock.seconds, locked_at: RFC3339.text(milliseconds: lock.lockedAt),
            until: RFC3339.text(milliseconds: lock.until))
        switch lock.subject {
        case .link(let link): self.lock.link = link
        case .trunk(let trunk): self.lock.trunk = trunk
        }
    }
}
