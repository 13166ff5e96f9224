/// How much of one cap is used at this moment, counted by the store under its lock.
public struct GuardUsage: Sendable, Equatable {
    /// Calls, or of a cap on minutes seconds, or millionths of money.
    public var used: Int
    /// When the oldest of what was counted no longer counts, milliseconds since 1970 UTC; `nil` for what time does not free.
    public var resetsAt: Int64?
    /// The link or the trunk is locked until then, after a burst.
    public var lockedUntil: Int64?

    public init(used: Int, resetsAt: Int64? = nil, lockedUntil: Int64? = nil) {
        self.used = used
        self.resetsAt = resetsAt
        self.lockedUntil = lockedUntil
    }
}

/// What FraudGuard says of a dial.
public enum GuardVerdict: Sendable, Equatable {
    case allowed(GuardReservation)
    case refused(GuardRefusal)
}

/// What an allowed dial has taken: one of each count that it falls under, by its own row, and its first slice of time.
public struct GuardReservation: Sendable, Equatable {
    /// Seconds that are reserved at once; while a call lasts, slice after slice.
    public static let slice = 300
    /// A call that could not last so many seconds is not begun.
    public static let least = 60

    /// Seconds that the call may last after its answer.
    public var maximumSeconds: Int
    /// Seconds that are reserved for it now.
    public var seconds: Int
    /// What a minute of it costs; `nil`: nobody has said.
    public var price: MoneyAmount?

    public init(maximumSeconds: Int, seconds: Int? = nil, price: MoneyAmount? = nil) {
        self.maximumSeconds = maximumSeconds
        self.seconds = seconds ?? min(Self.slice, maximumSeconds)
        self.price = price
    }
}

/// One rule that was asked, and what it said.
public struct GuardStep: Sendable, Equatable {
    public var isPassed: Bool
    /// Which rule, how far it is used, and a sentence; of one that was passed it refuses nothing.
    public var finding: GuardRefusal
    public var cap: GuardCap?
    public var rule: GuardRuleID?

    /// A step that was passed.
    init(_ check: GuardCheck, _ text: String) {
        isPassed = true
        finding = GuardRefusal(rule: check, text: text)
    }

    /// A link that may be used.
    public init(passedLink maximumUses: Int?, used: Int) {
        isPassed = true
        finding = GuardRefusal(rule: .link, limit: maximumUses, used: used, text: "The link may be used.")
    }

    public init(refusal: GuardRefusal, cap: GuardCap? = nil, rule: GuardRuleID? = nil) {
        isPassed = false
        finding = refusal
        self.cap = cap
        self.rule = rule
    }

    init(passed question: GuardQuestion, _ usage: GuardUsage, _ text: String) {
        isPassed = true
        finding = GuardRefusal(
            rule: question.cap.check, limit: question.limit, used: question.cap.shown(usage.used), resetsAt: usage.resetsAt, text: text)
        cap = question.cap
        rule = question.rule
    }
}

extension [GuardStep] {
    /// What the last step refused for.
    public var refusal: GuardRefusal? { last.flatMap { $0.isPassed ? nil : $0.finding } }
}

/// A cap has come to the level at which its operator wants to know.
public struct GuardWarning: Sendable, Equatable {
    public var question: GuardQuestion
    /// With this dial, in the cap's own unit.
    public var used: Int
    public var resetsAt: Int64?
}

/// What asking the counted rules came to.
public struct GuardTrial: Sendable, Equatable {
    public var steps: [GuardStep]
    public var verdict: GuardVerdict
    /// Only of an allowed dial.
    public var warnings: [GuardWarning] = []
    /// The burst that this dial was the one too many of: what it counts is to be locked.
    public var lock: GuardQuestion?
}

extension GuardCap {
    /// What was counted, in the unit of the limit; a begun minute is one.
    func shown(_ used: Int) -> Int { unit == .minutes ? used / 60 + (used % 60 == 0 ? 0 : 1) : used }

    /// The limit in what is counted.
    fileprivate func counted(_ limit: Int) -> Int { unit == .minutes ? limit * 60 : limit }
}

extension FraudGuard {
    /// Asks the counted rules. `usage` is `nil` for what does not concern this dial (no address is known, no link grants it).
    ///
    /// - Parameters:
    ///   - linkSeconds: what the link permits the call to last.
    ///   - now: milliseconds since 1970 UTC.
    public static func reserve<Failure: Error>(
        _ dial: GuardedDial, _ rules: GuardRules, linkSeconds: Int? = nil, now: Int64, usage: (GuardQuestion) throws(Failure) -> GuardUsage?
    ) throws(Failure) -> GuardTrial {
        let maximum = min(rules.callSeconds(dial), linkSeconds ?? .max)
        var reservation = GuardReservation(maximumSeconds: maximum, price: dial.target.isTelephone ? rules.price(dial) : nil)
        var steps: [GuardStep] = []
        var asked: [(GuardQuestion, GuardUsage)] = []
        for question in rules.questions(dial) {
            guard let usage = try usage(question) else { continue }
            if let refusal = refusal(question, usage, &reservation, least: min(GuardReservation.least, maximum), now: now) {
                steps.append(GuardStep(refusal: refusal, cap: question.cap, rule: question.rule))
                let isOneTooMany = question.cap.isBurst && usage.lockedUntil == nil
                return GuardTrial(steps: steps, verdict: .refused(refusal), lock: isOneTooMany ? question : nil)
            }
            steps.append(GuardStep(passed: question, usage, passedText(question, usage)))
            asked.append((question, usage))
        }
        return GuardTrial(
            steps: steps, verdict: .allowed(reservation), warnings: asked.compactMap { warning($0, $1, reservation) })
    }

    /// Asks for one more slice of a call that is up: only what counts time or money has a say.
    ///
    /// - Parameters:
    ///   - reserved: seconds that it has; `maximum`: that it may last. The call's own row is among what `usage` counts.
    /// - Returns: as of a dial, its `seconds` being those that are added.
    public static func extend<Failure: Error>(
        _ dial: GuardedDial, _ rules: GuardRules, reserved: Int, maximum: Int, price: MoneyAmount?, now: Int64,
        usage: (GuardQuestion) throws(Failure) -> GuardUsage?
    ) throws(Failure) -> GuardTrial {
        var reservation = GuardReservation(
            maximumSeconds: maximum, seconds: min(GuardReservation.slice, max(0, maximum - reserved)), price: price)
        var asked: [(GuardQuestion, GuardUsage)] = []
        for question in rules.questions(dial) where question.cap.unit == .minutes || question.cap.unit == .money {
            guard let usage = try usage(question) else { continue }
            if let refusal = refusal(question, usage, &reservation, least: 1, now: now) {
                return GuardTrial(steps: [GuardStep(refusal: refusal, cap: question.cap, rule: question.rule)], verdict: .refused(refusal))
            }
            asked.append((question, usage))
        }
        return GuardTrial(steps: [], verdict: .allowed(reservation), warnings: asked.compactMap { warning($0, $1, reservation) })
    }

    /// Why a count says no; otherwise what is left of it may shorten the slice.
    private static func refusal(
        _ question: GuardQuestion, _ usage: GuardUsage, _ reservation: inout GuardReservation, least: Int, now: Int64
    ) -> GuardRefusal? {
        let cap = question.cap
        func refused(_ text: String, resetsAt: Int64?) -> GuardRefusal {
            GuardRefusal(rule: cap.check, limit: question.limit, used: cap.shown(usage.used), resetsAt: resetsAt, text: text)
        }
        let left = cap.counted(question.limit) - usage.used
        switch cap.unit {
        case .calls, .seconds:
            if cap.isBurst {
                guard usage.lockedUntil != nil || left <= 0 else { return nil }
                return refused(text(question), resetsAt: usage.lockedUntil ?? now + Int64(question.burst.lockSeconds) * 1_000)
            }
            return left > 0 ? nil : refused(text(question), resetsAt: usage.resetsAt)
        case .minutes:
            guard left >= least else { return refused(text(question), resetsAt: usage.resetsAt) }
            reservation.seconds = min(reservation.seconds, left)
        case .money:
            guard let price = reservation.price else {
                return refused("What a call to this number costs is not known here, so its cost cannot be limited.", resetsAt: nil)
            }
            let seconds = price.seconds(for: left) ?? .max
            guard left >= 0, seconds >= least else { return refused(text(question), resetsAt: usage.resetsAt) }
            reservation.seconds = min(reservation.seconds, seconds)
        }
        return nil
    }

    /// Told for the dial that comes to the level, and not first for the one that uses up the limit, if that is more than one.
    private static func warning(_ question: GuardQuestion, _ usage: GuardUsage, _ reservation: GuardReservation) -> GuardWarning? {
        guard let percent = question.warnAt, question.limit > 0 else { return nil }
        let limit = question.cap.counted(question.limit)
        let taken =
            switch question.cap.unit {
            case .calls, .seconds: 1
            case .minutes: reservation.seconds
            case .money: reservation.price?.cost(ofSeconds: reservation.seconds) ?? 0
            }
        // Hundredths without an overflow: a limit has at most 15 digits.
        let level = max(1, min((limit * percent + 99) / 100, limit - 1))
        guard usage.used + taken >= level else { return nil }
        return GuardWarning(question: question, used: question.cap.shown(usage.used + taken), resetsAt: usage.resetsAt)
    }

    private static func passedText(_ question: GuardQuestion, _ usage: GuardUsage) -> String {
        switch question.cap.unit {
        case .calls, .seconds: "\(usage.used) of \(question.limit) calls are used."
        case .minutes: "\(question.cap.shown(usage.used)) of \(question.limit) minutes are used or reserved."
        case .money: "A part of the amount is used or reserved."
        }
    }

    private static func text(_ question: GuardQuestion) -> String {
        let isPart = !question.scope.isEverything
        return switch question.cap {
        case .linkBurst: "This link is locked for a while, since it made too many calls within a short time. Try again later."
        case .trunkBurst: "The line for this call is locked for a while, since too many calls came within a short time. Try again later."
        case .perLinkConcurrent: "This link has as many calls up as it may have. Try again when one has ended."
        case .perLinkDay: "All calls of this link for this day are used up. Try again tomorrow."
        case .costPerLinkDay: "What the calls of this link may cost on this day is used up. Try again tomorrow."
        case .perAddressHour, .internalPerAddressHour: "Too many calls were made from your connection. Try again later."
        case .perNetworkHour: "Too many calls were made from your network. Try again later."
        case .perNumberDay: "This number was called too often. Try again later."
        case .costPerNumberDay: "What the calls to this number may cost on this day is used up. Try again tomorrow."
        case .perTrunkDay: "The line for this call has reached its limit for today. Try again tomorrow."
        case .perDay where isPart: "All calls of this kind for this day are used up. Try again tomorrow."
        case .perDay: "All calls of this day are used up. Try again tomorrow."
        case .minutesPerDay where isPart: "All minutes for calls of this kind are used up for this day. Try again tomorrow."
        case .minutesPerDay: "All minutes of this day are used up. Try again tomorrow."
        case .costPerDay where isPart: "What calls of this kind may cost on this day is used up. Try again tomorrow."
        case .costPerDay: "What calls may cost on this day is used up. Try again tomorrow."
        case .concurrent where isPart: "All lines for calls of this kind are in use. Try again when a call has ended."
        case .concurrent: "All lines are in use. Try again when a call has ended."
        case .internalConcurrent: "Too many calls are up. Try again in a moment."
        case .callSeconds, .refusalsPerMinute: "This call is not allowed here."
        }
    }
}
