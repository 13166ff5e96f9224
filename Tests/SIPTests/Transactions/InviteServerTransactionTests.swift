import SIP
import Testing

/// Every state of the INVITE server transaction with every input (RFC 3261 figure 7, RFC 6026 figure 7).
@Suite struct InviteServerTransactionTests {
    enum Stage: CaseIterable { case proceeding, accepted, completed, confirmed, terminated }

    private let timers = SIPTimers()

    private func transaction(_ stage: Stage, _ reliability: TransportReliability = .unreliable) -> InviteServerTransaction {
        var transaction = InviteServerTransaction(timers: timers, reliability: reliability)
        switch stage {
        case .proceeding: _ = transaction.respond(status: 180, now: .zero)
        case .accepted: _ = transaction.respond(status: 200, now: .zero)
        case .completed: _ = transaction.respond(status: 488, now: .zero)
        case .confirmed:
            _ = transaction.respond(status: 488, now: .zero)
            _ = transaction.receiveAcknowledgement(now: .zero)
        case .terminated:
            _ = transaction.respond(status: 200, now: .zero)
            _ = transaction.handleDeadline(now: .seconds(32))
        }
        return transaction
    }

    @Test(arguments: [
        (Stage.proceeding, InviteServerTransaction.Reception.retransmit, InviteServerTransaction.Reception.ignore), (.accepted, .ignore, .deliver),
        (.completed, .retransmit, .ignore), (.confirmed, .ignore, .ignore), (.terminated, .ignore, .ignore),
    ])
    func `INVITE and ACK do in each state what the figure says`(
        stage: Stage, invite: InviteServerTransaction.Reception, acknowledgement: InviteServerTransaction.Reception
    ) {
        var repeated = transaction(stage)
        let onInvite = repeated.receiveInvite()
        #expect(onInvite == invite)
        var acknowledged = transaction(stage)
        let onAcknowledgement = acknowledged.receiveAcknowledgement(now: .seconds(1))
        #expect(onAcknowledgement == acknowledgement)
    }

    @Test(arguments: [
        (Stage.proceeding, [true, true, true, false]), (.accepted, [false, true, false, false]), (.completed, [false, false, false, false]),
        (.confirmed, [false, false, false, false]), (.terminated, [false, false, false, false]),
    ])
    func `only what may follow is sent`(stage: Stage, expected: [Bool]) {
        for (status, isSent) in zip([183, 200, 500, 7] as [UInt16], expected) {
            var transaction = transaction(stage)
            let seen = transaction.respond(status: status, now: .seconds(1))
            #expect(seen == isSent, "\(status) in \(stage)")
        }
    }

    @Test(arguments: [
        (Stage.proceeding, InviteServerTransaction.Expiry.nothing), (.accepted, .terminate), (.completed, .unacknowledged), (.confirmed, .terminate),
        (.terminated, .nothing),
    ])
    func `in the end each state ends, but for one that owes an answer`(stage: Stage, expected: InviteServerTransaction.Expiry) {
        var transaction = transaction(stage)
        let seen = transaction.handleDeadline(now: .seconds(32))
        let isTerminated = transaction.isTerminated
        #expect(seen == expected)
        #expect(isTerminated == (stage != .proceeding))
    }

    @Test func `a refusal is sent again until the ACK comes, at last every four seconds`() {
        var transaction = transaction(.completed)
        var sent: [Duration] = []
        while let deadline = transaction.deadline {
            if transaction.handleDeadline(now: deadline) == .retransmit { sent.append(deadline) }
        }
        #expect(sent == [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500].map { .milliseconds($0) })
    }

    @Test func `after the ACK it is silent, and gone five seconds later`() {
        var transaction = transaction(.confirmed)
        let deadline = transaction.deadline
        #expect(deadline == .seconds(5))
        let expiry = transaction.handleDeadline(now: .seconds(5))
        #expect(expiry == .terminate)
    }

    @Test func `over a reliable transport a refusal is sent once, and the ACK ends it`() {
        var transaction = transaction(.completed, .reliable)
        let deadline = transaction.deadline
        #expect(deadline == .seconds(32))
        _ = transaction.receiveAcknowledgement(now: .seconds(1))
        let isTerminated = transaction.isTerminated
        #expect(isTerminated)
    }

    @Test(arguments: Stage.allCases)
    func `the answer is owed only in proceeding`(stage: Stage) {
        let transaction = transaction(stage)
        let isUnanswered = transaction.isUnanswered
        #expect(isUnanswered == (stage == .proceeding))
    }
}
