import Bridge
import Domain
import SIP
import Testing

/// The table of `docs/protocol.md`, «Outcomes».
@Suite struct AttemptVerdictTests {
    struct Row: CustomTestStringConvertible {
        var statuses: [UInt16]
        var hasRung: [Bool] = [false, true]
        var outcome: CallOutcome
        var remedy = AttemptVerdict.Remedy.none

        var testDescription: String { "\(statuses) \(outcome.rawValue)" }
    }

    @Test(arguments: [
        Row(statuses: [408], hasRung: [false], outcome: .trunkUnavailable, remedy: .anotherTrunk),
        Row(statuses: [503], outcome: .trunkUnavailable, remedy: .anotherAddress),
        Row(statuses: [500, 502, 504], outcome: .trunkUnavailable, remedy: .anotherTrunk),
        Row(statuses: [401, 407, 403, 402, 488, 606], outcome: .trunkUnavailable, remedy: .anotherTrunk),
        Row(statuses: [486, 600], outcome: .busy),
        Row(statuses: [603, 607], outcome: .declined),
        Row(statuses: [408, 480], hasRung: [true], outcome: .noAnswer),
        Row(statuses: [480], hasRung: [false], outcome: .unreachable),
        Row(statuses: [410], outcome: .unreachable),
        Row(statuses: [404, 484, 604, 416, 485], outcome: .invalidNumber),
        Row(statuses: [487], outcome: .cancelled),
        Row(
            statuses: [300, 301, 302, 305, 380, 400, 405, 406, 413, 415, 420, 481, 482, 483, 489, 491, 493, 501, 505, 513, 580, 608, 699],
            outcome: .failed),
    ])
    func `each refusal has its outcome, and only what a trunk could not do leads to the next`(row: Row) {
        for status in row.statuses {
            for hasRung in row.hasRung {
                let verdict = AttemptVerdict(CallEnd(.refused, status: status, q850Cause: 17), hasRung: hasRung, isExtension: false)
                #expect(verdict.ending.outcome == row.outcome, "\(status)")
                #expect(verdict.remedy == row.remedy, "\(status)")
                #expect(verdict.ending.sipStatus == Int(status))
                #expect(verdict.ending.q850Cause == 17)
                #expect(verdict.operatorText.split(separator: " ").count >= 1 && verdict.operatorText.hasSuffix("."))
            }
        }
    }

    @Test(arguments: [
        (CallEnd.Cause.unreachable, CallOutcome.trunkUnavailable), (.timedOut, .trunkUnavailable), (.noSessionDescription, .failed),
        (.cancelled, .cancelled), (.hungUp, .cancelled), (.peerHungUp, .failed), (.unacknowledged, .failed), (.forgotten, .failed),
    ])
    func `an end without a refusal has its outcome`(cause: CallEnd.Cause, outcome: CallOutcome) {
        let verdict = AttemptVerdict(CallEnd(cause), hasRung: false, isExtension: false)
        #expect(verdict.ending.outcome == outcome)
        #expect(verdict.remedy == (outcome == .trunkUnavailable ? .anotherAddress : .none))
        #expect(verdict.ending.sipStatus == nil)
    }

    @Test(arguments: [401, 402, 403, 407, 408, 488, 500, 503, 606] as [UInt16])
    func `an extension has no trunk to blame: its phone is away`(status: UInt16) {
        let verdict = AttemptVerdict(CallEnd(.refused, status: status), hasRung: false, isExtension: true)
        #expect(verdict.ending.outcome == .unreachable)
        #expect(verdict.remedy == .none)
    }

    @Test func `the operator is told of a wrong password, of a refused account and of codecs`() {
        func text(_ status: UInt16) -> String {
            AttemptVerdict(CallEnd(.refused, status: status), hasRung: false, isExtension: false).operatorText
        }
        #expect(text(401).contains("password") && text(407).contains("password"))
        #expect(text(403).contains("403"))
        #expect(text(488).contains("codec") && text(606).contains("codec"))
    }

    @Test func `of several phones what a person decided counts, in whatever order they end`() {
        // From the strongest to the weakest; those of one line are equals.
        let ranks: [[UInt16]] = [[603, 607], [486, 600], [480, 408], [404, 302, 487], [410, 503, 401]]
        for (index, strong) in ranks.enumerated() {
            for weak in ranks[(index + 1)...].joined() {
                for strong in strong {
                    #expect(outcome(of: [strong, weak]) == outcome(of: [strong]), "\(strong) before \(weak)")
                    #expect(outcome(of: [weak, strong]) == outcome(of: [strong]), "\(strong) after \(weak)")
                }
            }
        }
        #expect(outcome(of: [503, 404, 480, 486, 603]) == .declined)
        // Of equals the first.
        #expect(outcome(of: [302, 404]) == .failed)
    }

    private func outcome(of statuses: [UInt16]) -> CallOutcome? {
        var attempt = PhoneAttempt(trunk: nil, startedAt: 0, latches: true)
        for status in statuses { attempt.note(AttemptVerdict(CallEnd(.refused, status: status), hasRung: true, isExtension: true)) }
        return attempt.verdict?.ending.outcome
    }
}
