import Domain
import SIP

/// How the far end's side of a call ended.
package struct PhoneEnding: Sendable, Equatable {
    package var outcome: CallOutcome
    package var by: CallParty
    /// One sentence for a person; never holds a number.
    package var detail: String
    package var sipStatus: Int?
    package var q850Cause: Int?

    package init(_ outcome: CallOutcome, by: CallParty, _ detail: String, sipStatus: Int? = nil, q850Cause: Int? = nil) {
        self.outcome = outcome
        self.by = by
        self.detail = detail
        self.sipStatus = sipStatus
        self.q850Cause = q850Cause
    }

    /// How a call that was answered ended.
    init(afterAnswer end: CallEnd) {
        let (party, text): (CallParty, String) =
            switch end.cause {
            case .peerHungUp: (.phone, "The phone hung up.")
            case .forgotten, .timedOut, .unacknowledged, .unreachable: (.system, "The line to the phone was lost.")
            case .refused, .cancelled, .hungUp, .noSessionDescription: (.system, "The call is over.")
            }
        self.init(.completed, by: party, text, sipStatus: end.status.map(Int.init) ?? 200, q850Cause: end.q850Cause.map(Int.init))
    }
}
