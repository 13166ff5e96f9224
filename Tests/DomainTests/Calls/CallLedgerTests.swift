import Domain
import Testing

@Suite("The books of a call")
struct CallLedgerTests {
    static let start = Sample.now * 1000
    static func end(_ outcome: CallOutcome, detail: String = "", talk: Int = 0) -> BridgeEvent.Change {
        .callEnded(room: Sample.room, CallEnding(outcome: outcome, by: .phone, detail: detail, talkSeconds: talk))
    }
    static let dialling = BridgeEvent.Change.callDialling(room: Sample.room)
    static let ringing = BridgeEvent.Change.callRinging(room: Sample.room, earlyMedia: false)
    static let earlyMedia = BridgeEvent.Change.callRinging(room: Sample.room, earlyMedia: true)
    static let answered = BridgeEvent.Change.callAnswered(room: Sample.room)

    @Test("A call that goes well is queued, dialled, rings, is answered and completed")
    func wholeWay() {
        var ledger = CallLedger(Sample.snapshot())
        #expect(ledger.enter(Self.dialling, atMilliseconds: Self.start + 10) == .advanced)
        #expect(ledger.enter(Self.ringing, atMilliseconds: Self.start + 900) == .advanced)
        #expect(ledger.enter(Self.earlyMedia, atMilliseconds: Self.start + 1000) == .advanced)
        #expect(ledger.enter(Self.answered, atMilliseconds: Self.start + 4000) == .advanced)
        #expect(ledger.enter(Self.end(.completed, talk: 42), atMilliseconds: Self.start + 46_000) == .ended)
        var expected = Sample.snapshot(.ended)
        expected.earlyMedia = true
        expected.outcome = .completed
        expected.answeredAt = Self.start + 4000
        expected.endedAt = Self.start + 46_000
        expected.talkSeconds = 42
        #expect(ledger.call == expected)
    }

    @Test(
        "A call moves forward only: an earlier state that comes later is ignored",
        arguments: [
            (CallState.dialling, dialling), (.ringing, dialling), (.ringing, ringing), (.answered, dialling), (.answered, ringing),
            (.answered, earlyMedia), (.answered, answered),
        ])
    func forwardOnly(state: CallState, change: BridgeEvent.Change) {
        var ledger = CallLedger(Sample.snapshot(state))
        #expect(ledger.enter(change, atMilliseconds: Self.start) == .ignored)
        #expect(ledger.call == Sample.snapshot(state))
    }

    @Test(
        "After the end everything is late; a call that is still up is told apart",
        arguments: [
            (dialling, true), (ringing, true), (earlyMedia, true), (answered, true), (end(.completed, talk: 9), false),
        ])
    func late(change: BridgeEvent.Change, stillUp: Bool) {
        var ledger = CallLedger(Sample.snapshot(.ended))
        #expect(ledger.enter(change, atMilliseconds: Self.start) == .late(stillUp: stillUp))
        #expect(ledger.close(.internalError, atMilliseconds: Self.start) == .late(stillUp: false))
        #expect(ledger.call == Sample.snapshot(.ended))
    }

    @Test(
        "What is not about this call changes nothing",
        arguments: [
            BridgeEvent.Change.callAnswered(room: Sample.otherRoom), .callRinging(room: Sample.otherRoom, earlyMedia: true),
            .callDialling(room: Sample.otherRoom), .roomEnded(room: Sample.room), .participantLeft(room: Sample.room, .call(Sample.call)),
            .callEnded(room: Sample.otherRoom, CallEnding(outcome: .busy, by: .phone, detail: "", talkSeconds: 0)),
        ])
    func foreign(change: BridgeEvent.Change) {
        for state in CallState.allCases {
            var ledger = CallLedger(Sample.snapshot(state))
            #expect(ledger.enter(change, atMilliseconds: Self.start) == .ignored)
            #expect(ledger.call == Sample.snapshot(state))
        }
    }

    @Test("Every end has a reason that a person can read, unless the call was completed", arguments: CallOutcome.allCases)
    func reasons(outcome: CallOutcome) {
        var told = CallLedger(Sample.snapshot())
        _ = told.enter(Self.end(outcome, detail: "The line says so."), atMilliseconds: Self.start)
        var untold = CallLedger(Sample.snapshot())
        _ = untold.enter(Self.end(outcome), atMilliseconds: Self.start)
        let code = outcome.rawValue
        #expect(told.call.reason == (outcome == .completed ? nil : CallReason(code: code, text: "The line says so.")))
        #expect(untold.call.reason == (outcome == .completed ? nil : CallReason(code: code, text: outcome.sentence)))
    }

    @Test("A refusal of ours keeps its own code")
    func refusal() {
        var ledger = CallLedger(Sample.snapshot())
        let reason = CallReason(code: "no_trunk", text: "No trunk.")
        #expect(ledger.close(.trunkUnavailable, reason: reason, atMilliseconds: Self.start) == .ended)
        #expect(ledger.call.reason == reason)
        #expect(ledger.call.state == .ended)
    }

    @Test("Clocks that differ never end a call before it began, and talk is never negative")
    func clocks() {
        var ledger = CallLedger(Sample.snapshot())
        _ = ledger.enter(Self.answered, atMilliseconds: .min)
        #expect(ledger.call.answeredAt == Self.start)
        _ = ledger.enter(Self.end(.completed, talk: .min), atMilliseconds: .min)
        #expect(ledger.call.endedAt == Self.start)
        #expect(ledger.call.talkSeconds == 0)
    }

    @Test("In whatever order events come, the first end is the one outcome and the state never goes back")
    func everyOrder() {
        let events = [
            Self.dialling, Self.ringing, Self.earlyMedia, Self.answered, Self.end(.busy), Self.end(.completed, talk: 3), Self.end(.noAnswer),
        ]
        var orders = 0
        permutations(of: events) { order in
            orders += 1
            var ledger = CallLedger(Sample.snapshot())
            var ends = 0
            for (step, change) in order.enumerated() {
                let before = ledger.call
                let entry = ledger.enter(change, atMilliseconds: Self.start + Int64(step))
                ends += entry == .ended ? 1 : 0
                let kept: Bool =
                    switch entry {
                    case .advanced, .ended: before != ledger.call && before.state <= ledger.call.state
                    case .noted, .ignored, .late: before == ledger.call
                    }
                if !kept || (before.outcome != nil && before.outcome != ledger.call.outcome) {
                    Issue.record("step \(step) of \(order): \(entry)")
                }
            }
            let first = order.lazy.compactMap { if case .callEnded(_, let ending) = $0 { ending.outcome } else { nil } }.first
            if ends != 1 || ledger.call.outcome != first { Issue.record("\(ends) ends in \(order)") }
        }
        #expect(orders == 5040)
    }

    /// Heap's algorithm.
    private func permutations<Element>(of elements: [Element], _ body: ([Element]) -> Void) {
        var elements = elements
        func permute(_ count: Int) {
            guard count > 1 else { return body(elements) }
            for index in 0..<count {
                permute(count - 1)
                elements.swapAt(count.isMultiple(of: 2) ? index : 0, count - 1)
            }
        }
        permute(elements.count)
    }
}
