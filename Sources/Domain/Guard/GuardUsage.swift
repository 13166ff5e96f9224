/// How much of one cap is used at this moment, counted by the store under its lock.
public struct GuardUsage: Sendable, Equatable {
    public var used: Int
    /// When the oldest of what was counted no longer counts, milliseconds since 1970 UTC; `nil` for what time does not free.
    public var resetsAt: Int64?

    public init(used: Int, resetsAt: Int64? = nil) {
        self.used = used
        self.resetsAt = resetsAt
    }
}

/// What FraudGuard says of a dial.
public enum GuardVerdict: Sendable, Equatable {
    case allowed(GuardReservation)
    case refused(GuardRefusal)
}

/// What an allowed dial has taken: one of each count that it falls under, by its own row.
public struct GuardReservation: Sendable, Equatable {
    /// Seconds that the call may last after its answer.
    public var maximumSeconds: Int

    public init(maximumSeconds: Int) { self.maximumSeconds = maximumSeconds }
}

extension FraudGuard {
    /// The counted rules of one dial, in the order in which they are asked.
    ///
    /// Telephone calls and this installation's own numbers are counted apart: a flood of echo tests must not use up the lines,
    /// and neither may escape by the other.
    public static func counted(isTelephone: Bool) -> [(check: GuardCheck, cap: GuardCap)] {
        isTelephone
            ? [
                (.address, .perAddressHour), (.network, .perNetworkHour), (.number, .perNumberDay), (.trunk, .perTrunkDay), (.day, .perDay),
                (.concurrent, .concurrent),
            ] : [(.address, .internalPerAddressHour), (.concurrent, .internalConcurrent)]
    }

    /// Asks the counted rules. `usage` is asked only for caps that have a limit; `nil` for what does not concern this dial
    /// (no address is known, no trunk carries it).
    ///
    /// - Parameter linkSeconds: what the link permits the call to last.
    public static func reserve<Failure: Error>(
        isTelephone: Bool, _ rules: GuardRules, linkSeconds: Int? = nil, usage: (GuardCheck, _ enough: Int) throws(Failure) -> GuardUsage?
    ) throws(Failure) -> GuardVerdict {
        for (check, cap) in counted(isTelephone: isTelephone) {
            guard let limit = rules.limit(cap), let usage = try usage(check, limit) else { continue }
            guard usage.used < limit else {
                return .refused(
                    GuardRefusal(rule: check, limit: limit, used: usage.used, resetsAt: usage.resetsAt, text: text(check, isTelephone: isTelephone)))
            }
        }
        let seconds = rules.limit(.callSeconds) ?? 0
        return .allowed(GuardReservation(maximumSeconds: min(seconds, linkSeconds ?? seconds)))
    }

    private static func text(_ check: GuardCheck, isTelephone: Bool) -> String {
        switch check {
        case .address: "Too many calls were made from your connection. Try again later."
        case .network: "Too many calls were made from your network. Try again later."
        case .number: "This number was called too often. Try again later."
        case .trunk: "The line for this call has reached its limit for today. Try again tomorrow."
        case .day: "All calls of this day are used up. Try again tomorrow."
        case .concurrent: isTelephone ? "All lines are in use. Try again when a call has ended." : "Too many calls are up. Try again in a moment."
        default: "This call is not allowed here."
        }
    }
}
