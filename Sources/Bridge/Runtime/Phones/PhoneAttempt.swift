import Domain
import ICE
import Media
import SIP

/// One try to reach the far end: over one trunk, at one of its addresses after the other; or at each phone of an extension at once.
package struct PhoneAttempt {
    /// One INVITE of it.
    struct Branch {
        var negotiation: TelephoneNegotiation
        let local: TransportAddress
        /// When it is given up if nobody has responded until then; `nil` once somebody has.
        var responseDueAt: Duration?
    }

    /// `nil` for an extension.
    var trunk: TrunkID?
    /// Milliseconds since 1970 UTC.
    var startedAt: Int64
    var latches: Bool
    /// Addresses of the trunk that may still be tried, the next one first.
    var addresses: [SIPAddress] = []
    /// How many have been.
    private var addressesTried = 0
    var branches: [SessionID: Branch] = [:]
    var hasRung = false
    var hasEarlyMedia = false
    /// The best of what the branches that failed came to.
    package private(set) var verdict: AttemptVerdict?

    package init(trunk: TrunkID?, startedAt: Int64, latches: Bool) {
        self.trunk = trunk
        self.startedAt = startedAt
        self.latches = latches
    }

    /// When the first branch is given up that nobody has responded to.
    var responseDueAt: Duration? { branches.values.compactMap(\.responseDueAt).min() }

    /// Begins anew at the next address, with nothing of what came of the one before.
    /// - Returns: `nil` if there is none.
    mutating func takeAddress() -> SIPAddress? {
        guard !addresses.isEmpty else { return nil }
        branches = [:]
        hasRung = false
        verdict = nil
        addressesTried += 1
        return addresses.removeFirst()
    }

    /// Takes what a branch came to: what a person decided counts more than what could not be reached.
    package mutating func note(_ new: AttemptVerdict) {
        guard let old = verdict else {
            verdict = new
            return
        }
        if new.rank > old.rank { verdict = new }
    }

    func record(_ verdict: AttemptVerdict, endedAt: Int64) -> CallAttempt {
        CallAttempt(
            trunk: trunk, startedAt: startedAt, endedAt: max(startedAt, endedAt), sipStatus: verdict.ending.sipStatus,
            q850Cause: verdict.ending.q850Cause, detail: sentence(verdict.operatorText))
    }

    private func sentence(_ text: String) -> String {
        addressesTried > 1 ? "\(text.dropLast()), the last of \(addressesTried) addresses that were tried." : text
    }

    func answered(at moment: Int64) -> CallAttempt {
        CallAttempt(trunk: trunk, startedAt: startedAt, endedAt: max(startedAt, moment), sipStatus: 200, q850Cause: nil, detail: "Answered.")
    }
}

extension AttemptVerdict {
    fileprivate var rank: Int {
        switch ending.outcome {
        case .declined: 4
        case .busy: 3
        case .noAnswer: 2
        case .unreachable, .trunkUnavailable: 0
        case .completed, .invalidNumber, .cancelled, .blocked, .failed, .internalError: 1
        }
    }
}
