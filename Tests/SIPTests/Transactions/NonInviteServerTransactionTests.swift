import SIP
import Testing

/// Every state of the non-INVITE server transaction with every input (RFC 3261 figure 8).
@Suite struct NonInviteServerTransactionTests {
    enum Stage: CaseIterable { case trying, proceeding, completed, terminated }

    private let timers = SIPTimers()

    private func transaction(_ stage: Stage) -> NonInviteServerTransaction {
        var transaction = NonInviteServerTransaction(timers: timers)
        switch stage {
        case .trying: break
        case .proceeding: _ = transaction.respond(status: 100, now: .zero)
        case .completed: _ = transaction.respond(status: 200, now: .zero)
        case .terminated:
            _ = transaction.respond(status: 200, now: .zero)
            _ = transaction.handleDeadline(now: .seconds(32))
        }
        return transaction
    }

    @Test(arguments: [
        (Stage.trying, NonInviteServerTransaction.Reception.ignore), (.proceeding, .retransmit), (.completed, .retransmit), (.terminated, .ignore),
    ])
    func `a repetition gets the last answer again`(stage: Stage, expected: NonInviteServerTransaction.Reception) {
        var transaction = transaction(stage)
        let seen = transaction.receiveRequest()
        #expect(seen == expected)
    }

    @Test(arguments: Stage.allCases)
    func `nothing is sent after the final response`(stage: Stage) {
        for (status, isPossible) in zip([100, 200, 404, 9] as [UInt16], [true, true, true, false]) {
            var transaction = transaction(stage)
            let seen = transaction.respond(status: status, now: .seconds(1))
            #expect(seen == (isPossible && (stage == .trying || stage == .proceeding)), "\(status) in \(stage)")
        }
    }

    @Test(arguments: Stage.allCases)
    func `only an answered one ends, after 32 seconds`(stage: Stage) {
        var transaction = transaction(stage)
        let early = transaction.handleDeadline(now: .milliseconds(31_999))
        let late = transaction.handleDeadline(now: .seconds(32))
        #expect(!early)
        #expect(late == (stage == .completed))
        let isUnanswered = transaction.isUnanswered
        #expect(isUnanswered == (stage == .trying || stage == .proceeding))
    }

    @Test func `over a reliable transport an answered one is over`() {
        var transaction = NonInviteServerTransaction(timers: timers, reliability: .reliable)
        _ = transaction.respond(status: 200, now: .zero)
        let isTerminated = transaction.isTerminated
        #expect(isTerminated)
    }
}
