import SIP
import Testing

/// Every state of the non-INVITE client transaction with every input (RFC 3261 figure 6).
@Suite struct NonInviteClientTransactionTests {
    enum Stage: CaseIterable { case trying, proceeding, completed, terminated }

    private let timers = SIPTimers()

    private func transaction(_ stage: Stage) -> NonInviteClientTransaction {
        var transaction = NonInviteClientTransaction(timers: timers, now: .zero)
        switch stage {
        case .trying: break
        case .proceeding: _ = transaction.receive(status: 100, now: .zero)
        case .completed: _ = transaction.receive(status: 200, now: .zero)
        case .terminated: _ = transaction.failTransport()
        }
        return transaction
    }

    @Test(arguments: Stage.allCases)
    func `a response is delivered until the first final one`(stage: Stage) {
        for status in [100, 200, 302, 481, 603] as [UInt16] {
            var transaction = transaction(stage)
            let seen = transaction.receive(status: status, now: .seconds(1))
            #expect(seen == (stage == .trying || stage == .proceeding ? .deliver : .ignore), "\(status) in \(stage)")
            guard status >= 200, seen == .deliver else { continue }
            let deadline = transaction.deadline
            #expect(deadline == .seconds(6), "timer K")
        }
        var transaction = transaction(stage)
        let none = transaction.receive(status: 42, now: .seconds(1))
        #expect(none == .ignore)
    }

    @Test(arguments: [
        (Stage.trying, NonInviteClientTransaction.Expiry.timedOut), (.proceeding, .timedOut), (.completed, .terminate), (.terminated, .nothing),
    ])
    func `in the end each state ends`(stage: Stage, expected: NonInviteClientTransaction.Expiry) {
        var transaction = transaction(stage)
        let seen = transaction.handleDeadline(now: .seconds(32))
        let isTerminated = transaction.isTerminated
        #expect(seen == expected)
        #expect(isTerminated)
        let again = transaction.handleDeadline(now: .seconds(1000))
        #expect(again == .nothing)
    }

    @Test(arguments: Stage.allCases)
    func `a transport error is told where an answer is waited for`(stage: Stage) {
        var transaction = transaction(stage)
        let seen = transaction.failTransport()
        let isTerminated = transaction.isTerminated
        #expect(seen == (stage == .trying || stage == .proceeding))
        #expect(isTerminated == (stage != .completed))
    }

    @Test func `a request without an answer is sent eleven times in 32 seconds, at last every four`() {
        var transaction = NonInviteClientTransaction(timers: timers, now: .zero)
        var sent: [Duration] = [.zero]
        while let deadline = transaction.deadline {
            if transaction.handleDeadline(now: deadline) == .retransmit { sent.append(deadline) }
        }
        #expect(sent == [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500].map { .milliseconds($0) })
    }

    @Test func `once somebody works on it, it is sent every four seconds`() {
        var transaction = transaction(.proceeding)
        var sent: [Duration] = []
        while let deadline = transaction.deadline {
            if transaction.handleDeadline(now: deadline) == .retransmit { sent.append(deadline) }
        }
        // The timer that was running runs out first (section 17.1.2.2).
        #expect(sent.prefix(3) == [.milliseconds(500), .milliseconds(4500), .milliseconds(8500)])
    }

    @Test func `over a reliable transport nothing is repeated and nothing lingers`() {
        var transaction = NonInviteClientTransaction(timers: timers, reliability: .reliable, now: .zero)
        let deadline = transaction.deadline
        #expect(deadline == .seconds(32))
        _ = transaction.receive(status: 200, now: .zero)
        let isTerminated = transaction.isTerminated
        #expect(isTerminated)
    }
}
