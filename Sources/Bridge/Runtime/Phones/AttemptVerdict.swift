import Domain
import SIP

/// What a failed attempt comes to: the call's outcome if it was the last, and whether another trunk may be tried.
///
/// This is the table of `docs/protocol.md`, «Outcomes»: what the far end decided is final, what the trunk could not do is not.
package struct AttemptVerdict: Equatable, Sendable {
    /// What may do better than what was tried.
    package enum Remedy: Sendable {
        /// Nothing: the far end has decided.
        case none
        case anotherTrunk
        /// Another address of the same trunk (RFC 3263 section 4.3), and then another trunk.
        case anotherAddress
    }

    package var ending: PhoneEnding
    package var remedy: Remedy
    /// For the operator: names the cause.
    package var operatorText: String

    /// - Parameters:
    ///   - end: how the SIP call ended; one that was never answered.
    ///   - hasRung: whether the far end had rung before.
    ///   - isExtension: whether there is no trunk between us and the phone.
    package init(_ end: CallEnd, hasRung: Bool, isExtension: Bool) {
        let status = end.status.map(Int.init)
        func verdict(_ outcome: CallOutcome, by party: CallParty = .phone, _ text: String, remedy: Remedy = .none) -> AttemptVerdict {
            AttemptVerdict(
                PhoneEnding(outcome, by: party, outcome.sentence, sipStatus: status, q850Cause: end.q850Cause.map(Int.init)),
                remedy, text)
        }
        func trunkFault(_ text: String, _ remedy: Remedy = .anotherTrunk) -> AttemptVerdict {
            // A phone that does not answer its own registrar is away; there is no trunk to blame.
            isExtension ? verdict(.unreachable, by: .system, text) : verdict(.trunkUnavailable, by: .system, text, remedy: remedy)
        }
        switch end.cause {
        case .unreachable: self = trunkFault("Nothing could be sent to it: no route, or nobody listens there.", .anotherAddress)
        case .timedOut: self = trunkFault("It did not respond.", .anotherAddress)
        case .noSessionDescription: self = verdict(.failed, "It answered without saying where it takes audio.")
        case .cancelled, .hungUp: self = verdict(.cancelled, by: .system, "Given up here.")
        case .peerHungUp: self = verdict(.failed, "It hung up before it had answered.")
        case .unacknowledged, .forgotten: self = verdict(.failed, "It did not follow the protocol.")
        case .refused:
            switch end.status ?? 0 {
            case 486, 600: self = verdict(.busy, "Busy.")
            case 603, 607: self = verdict(.declined, "Declined.")
            case 408 where hasRung, 480 where hasRung: self = verdict(.noAnswer, "Nobody answered.")
            case 480, 410: self = verdict(.unreachable, "The phone cannot be reached.")
            case 404, 484, 604, 416, 485: self = verdict(.invalidNumber, "The number does not exist there.")
            case 487: self = verdict(.cancelled, by: .system, "Cancelled.")
            case 401, 407: self = trunkFault("It does not accept the user name or the password.")
            case 403: self = trunkFault("It refuses our calls (403): check the account, its credit and the caller id.")
            case 402: self = trunkFault("It wants to be paid first (402).")
            case 488, 606: self = trunkFault("It speaks none of the codecs that are set for it.")
            case 503: self = trunkFault("It has a fault or no free line (503).", .anotherAddress)
            case 408, 500, 502, 504: self = trunkFault("It has a fault or no free line (\(end.status ?? 0)).")
            case let other: self = verdict(.failed, "It refused with status \(other).")
            }
        }
    }

    package init(_ ending: PhoneEnding, _ remedy: Remedy, _ operatorText: String) {
        self.ending = ending
        self.remedy = remedy
        self.operatorText = operatorText
    }

    /// A trunk that could not even be asked.
    /// - Parameter person: what a person is told, if there is more to say than that no trunk is there.
    static func notTried(_ text: String, for person: String? = nil) -> AttemptVerdict {
        AttemptVerdict(PhoneEnding(.trunkUnavailable, by: .system, person ?? CallOutcome.trunkUnavailable.sentence), .anotherTrunk, text)
    }
}
