import SIP
import Testing

/// Every state of the INVITE client transaction with every input (RFC 3261 figure 5, RFC 6026 figure 5).
@Suite struct InviteClientTransactionTests {
    enum Stage: CaseIterable { case calling, proceeding, cancelled, accepted, completed, terminated }

    private let timers = SIPTimers()

    /// A transaction that was brought to a state by the shortest way, at time 0.
    private func transaction(_ stage: Stage, _ reliability: TransportReliability = .unreliable) -> InviteClientTransaction {
        var transaction = InviteClientTransaction(timers: timers, reliability: reliability, now: .zero)
        switch stage {
        case .calling: break
        case .proceeding: _ = transaction.receive(status: 180, now: .zero)
        case .cancelled:
            _ = transaction.receive(status: 180, now: .zero)
            transaction.noteCancel(now: .zero)
        case .accepted: _ = transaction.receive(status: 200, now: .zero)
        case .completed: _ = transaction.receive(status: 486, now: .zero)
        case .terminated: _ = transaction.failTransport()
        }
        return transaction
    }

    @Test(arguments: [
        (Stage.calling, [InviteClientTransaction.Reception.deliver, .deliver, .acknowledgeAndDeliver, .ignore]),
        (.proceeding, [.deliver, .deliver, .acknowledgeAndDeliver, .ignore]),
        (.cancelled, [.deliver, .deliver, .acknowledgeAndDeliver, .ignore]),
        (.accepted, [.ignore, .deliver, .ignore, .ignore]),
        (.completed, [.ignore, .deliver, .acknowledge, .ignore]),
        (.terminated, [.ignore, .ignore, .ignore, .ignore]),
    ])
    func `a response does in each state what the figure says`(stage: Stage, expected: [InviteClientTransaction.Reception]) {
        let groups: [[UInt16]] = [[100, 180, 183, 199], [200, 202, 299], [300, 401, 486, 503, 603, 699], [0, 99, 700, 65_535]]
        for (group, reception) in zip(groups, expected) {
            for status in group {
                var transaction = transaction(stage)
                let seen = transaction.receive(status: status, now: .seconds(1))
                #expect(seen == reception, "\(status) in \(stage)")
            }
        }
    }

    @Test(arguments: [
        (Stage.calling, [Duration?.none, .seconds(33), .seconds(33)]),
        (.proceeding, [nil, .seconds(33), .seconds(33)]),
        (.cancelled, [.seconds(32), .seconds(33), .seconds(33)]),
        (.accepted, [.seconds(32), .seconds(32), .seconds(32)]),
        (.completed, [.seconds(32), .seconds(32), .seconds(32)]),
        (.terminated, [nil, nil, nil]),
    ])
    func `after a response the timer of the new state runs`(stage: Stage, expected: [Duration?]) {
        for (status, deadline) in zip([180, 200, 486] as [UInt16], expected) {
            var transaction = transaction(stage)
            _ = transaction.receive(status: status, now: .seconds(1))
            let seen = transaction.deadline
            #expect(seen == deadline, "\(status) in \(stage)")
        }
    }

    @Test(arguments: [
        (Stage.calling, InviteClientTransaction.Expiry.timedOut), (.proceeding, .nothing), (.cancelled, .abandoned), (.accepted, .terminate),
        (.completed, .terminate), (.terminated, .nothing),
    ])
    func `at its last deadline each state ends, but for proceeding`(stage: Stage, expected: InviteClientTransaction.Expiry) {
        var transaction = transaction(stage)
        let seen = transaction.handleDeadline(now: .seconds(32))
        let isTerminated = transaction.isTerminated
        #expect(seen == expected)
        #expect(isTerminated == (stage != .proceeding))
        let again = transaction.handleDeadline(now: .seconds(1000))
        #expect(again == .nothing)
    }

    @Test(arguments: Stage.allCases)
    func `before its deadline nothing happens`(stage: Stage) {
        var transaction = transaction(stage)
        let before = transaction.deadline
        let expiry = transaction.handleDeadline(now: (before ?? .seconds(1000)) - .nanoseconds(1))
        let after = transaction.deadline
        #expect(expiry == .nothing)
        #expect(before == after)
    }

    @Test(arguments: [
        (Stage.calling, true, true), (.proceeding, false, false), (.cancelled, false, false), (.accepted, false, false), (.completed, false, true),
        (.terminated, false, true),
    ])
    func `a transport error is told where an answer is waited for`(stage: Stage, isTold: Bool, isOver: Bool) {
        var transaction = transaction(stage)
        let seen = transaction.failTransport()
        let isTerminated = transaction.isTerminated
        #expect(seen == isTold)
        #expect(isTerminated == isOver)
    }

    @Test(arguments: Stage.allCases)
    func `a CANCEL sets a limit only while a final response is owed after a provisional one`(stage: Stage) {
        var transaction = transaction(stage)
        let before = transaction.deadline
        transaction.noteCancel(now: .seconds(2))
        let after = transaction.deadline
        #expect(after == (stage == .proceeding ? .seconds(34) : before))
    }

    @Test func `a provisional response does not lift the limit of a CANCEL`() {
        var transaction = transaction(.cancelled)
        _ = transaction.receive(status: 180, now: .seconds(31))
        let deadline = transaction.deadline
        #expect(deadline == .seconds(32))
    }

    @Test func `an INVITE without an answer is sent seven times in 32 seconds, each time after twice as long`() {
        var transaction = InviteClientTransaction(timers: timers, now: .seconds(10))
        var sent: [Duration] = [.zero]
        while let deadline = transaction.deadline {
            switch transaction.handleDeadline(now: deadline) {
            case .retransmit: sent.append(deadline - .seconds(10))
            case .timedOut: #expect(deadline == .seconds(42))
            case .abandoned, .terminate, .nothing: Issue.record("nothing of that kind can happen here")
            }
        }
        #expect(sent == [0, 500, 1500, 3500, 7500, 15_500, 31_500].map { .milliseconds($0) })
        let isTerminated = transaction.isTerminated
        #expect(isTerminated)
    }

    @Test func `a late call sends once, and goes on from there`() {
        var transaction = InviteClientTransaction(timers: timers, now: .zero)
        let first = transaction.handleDeadline(now: .seconds(20))
        let deadline = transaction.deadline
        #expect(first == .retransmit)
        #expect(deadline == .seconds(21))
    }

    @Test func `over a reliable transport nothing is repeated and nothing lingers after a refusal`() {
        var transaction = InviteClientTransaction(timers: timers, reliability: .reliable, now: .zero)
        let deadline = transaction.deadline
        #expect(deadline == .seconds(32))
        let reception = transaction.receive(status: 486, now: .seconds(1))
        let isTerminated = transaction.isTerminated
        #expect(reception == .acknowledgeAndDeliver)
        #expect(isTerminated)
    }

    @Test func `all timers follow T1`() {
        let fast = SIPTimers(t1: .milliseconds(10), t2: .milliseconds(80), t4: .milliseconds(100))
        var transaction = InviteClientTransaction(timers: fast, now: .zero)
        let first = transaction.deadline
        #expect(first == .milliseconds(10))
        let expiry = transaction.handleDeadline(now: .milliseconds(640))
        #expect(expiry == .timedOut)
        var refused = InviteClientTransaction(timers: fast, now: .zero)
        _ = refused.receive(status: 404, now: .zero)
        // Timer D is the server's timer H, whose T1 may be the usual one.
        let timerD = refused.deadline
        #expect(timerD == .seconds(32))
    }

    @Test func `a transaction of a former process waits for what still comes, and not for ever`() {
        var transaction = InviteClientTransaction.resumed(timers: timers, now: .seconds(5))
        let reception = transaction.receive(status: 487, now: .seconds(6))
        #expect(reception == .acknowledgeAndDeliver)
        var forgotten = InviteClientTransaction.resumed(timers: timers, now: .seconds(5))
        let expiry = forgotten.handleDeadline(now: .seconds(37))
        #expect(expiry == .abandoned)
    }
}
