/// When an event is tried again, and when it is given up: eleven tries over about 78 hours, with jitter.
///
/// A pure rule by value and seed: the caller counts the tries and keeps the times, all in milliseconds since 1970 UTC.
public enum DeliverySchedule {
    public static let maximumTries = 11
    /// The wait after the first try, which then grows fourfold: 5 s, 20 s, 80 s, 5 min, 21 min, 1.4 h, 5.7 h, 22.8 h, 24 h, 24 h.
    static let firstWait: Int64 = 5_000
    /// No wait is longer, whatever a receiver asks for.
    public static let longestWait: Int64 = 24 * 3_600_000
    /// For how long a failing event holds back the later ones of its call.
    public static let holdBack: Int64 = 10 * 60_000
    /// An endpoint at which nothing has succeeded for so long is disabled.
    public static let patience: Int64 = 5 * 24 * 3_600_000
    /// For how long an overloaded receiver's `Retry-After` quiets the whole endpoint, at the most.
    static let longestPause: Int64 = 3_600_000

    /// What follows from a try.
    public struct Verdict: Sendable, Equatable {
        public enum Delivery: Sendable, Equatable {
            case delivered
            case retry(at: Int64)
            /// No more tries are made; it can be sent again by hand.
            case givenUp
        }

        public var delivery: Delivery
        /// Set if the endpoint gets nothing more until somebody enables it.
        public var disable: DisableReason?
        /// Until then the endpoint gets nothing: it said that it is overloaded.
        public var pauseUntil: Int64?
        /// Since when the endpoint has only failed; `nil` after a success.
        public var failingSince: Int64?

        public init(delivery: Delivery, disable: DisableReason? = nil, pauseUntil: Int64? = nil, failingSince: Int64? = nil) {
            self.delivery = delivery
            self.disable = disable
            self.pauseUntil = pauseUntil
            self.failingSince = failingSince
        }
    }

    /// Why an endpoint was disabled by the installation itself. The raw values are stored and shown.
    public enum DisableReason: String, Codable, Sendable, CaseIterable {
        /// It answered 410: it does not want events any more.
        case gone
        /// Nothing has succeeded for five days.
        case failing
    }

    /// - Parameters:
    ///   - tries: How many were made, this one included.
    ///   - failingSince: Since when the endpoint had only failed before this try.
    public static func judge(
        _ answer: DeliveryAnswer, tries: Int, failingSince: Int64?, now: Int64, using generator: inout some RandomNumberGenerator
    ) -> Verdict {
        if answer.isSuccess { return Verdict(delivery: .delivered) }
        let since = min(failingSince ?? now, now)
        if case .status(410, _) = answer { return Verdict(delivery: .givenUp, disable: .gone, failingSince: since) }

        let asked = requestedWait(answer)
        var verdict = Verdict(delivery: .givenUp, failingSince: since)
        if tries < maximumTries {
            verdict.delivery = .retry(at: now + max(wait(afterTry: tries, using: &generator), asked ?? 0))
        }
        verdict.pauseUntil = asked.map { now + min($0, longestPause) }
        if now - since >= patience { verdict.disable = .failing }
        return verdict
    }

    /// Milliseconds that an overloaded receiver asked for, within bounds; another status has no say in it.
    private static func requestedWait(_ answer: DeliveryAnswer) -> Int64? {
        guard case .status(let status, let seconds?) = answer, status == 429 || status == 503, seconds > 0 else { return nil }
        return min(seconds, longestWait / 1_000) * 1_000
    }

    /// Milliseconds to the next try, a tenth more or less, so that what failed together does not come back together.
    static func wait(afterTry tries: Int, using generator: inout some RandomNumberGenerator) -> Int64 {
        var wait = firstWait
        for _ in 1..<max(1, min(tries, maximumTries)) { wait = min(wait * 4, longestWait) }
        return min(wait + Int64.random(in: -wait / 10...wait / 10, using: &generator), longestWait)
    }
}
