import Domain
import Synchronization

/// Counts what FraudGuard refused in this process, by rule.
package final class GuardMetrics: MetricsSource {
    private let refused = Mutex<[GuardCheck: Int]>([:])

    package init() {}

    func note(_ verdict: DialVerdict) {
        let rule: GuardCheck? =
            switch verdict {
            case .refused(let call): call.refusal?.rule
            case .turnedAway(_, let refusal): refusal?.rule
            case .placed, .known, .attached, .alreadyFired: nil
            }
        if let rule { refused.withLock { $0[rule, default: 0] += 1 } }
    }

    package func write(to page: inout PrometheusPage) {
        let counts = refused.withLock { $0 }
        page.family("ringlink_guard_refusals_total", .counter, "Dials that FraudGuard refused, by rule.") { family in
            for rule in GuardCheck.allCases { family.sample(counts[rule] ?? 0, ["rule": rule.rawValue]) }
        }
    }
}
