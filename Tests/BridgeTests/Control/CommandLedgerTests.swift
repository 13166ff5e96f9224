import Bridge
import Domain
import Synchronization
import Testing

@Suite("Commands that arrive more than once")
struct CommandLedgerTests {
    @Test("The same id is done once and answered alike, also while the first is under way")
    func once() async {
        let ledger = CommandLedger()
        let done = Counter()
        let answers = await withTaskGroup(of: BridgeAnswer.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await ledger.answer("one") {
                        await Task.yield()
                        return done.next() == 1 ? .accepted : .refused(.internalError)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: .accepted, count: 50))
        #expect(done.count == 1)
        #expect(await ledger.answer("two") { .refused(.unknownCall) } == .refused(.unknownCall))
        #expect(await ledger.answer("two") { .accepted } == .refused(.unknownCall))
    }

    @Test("The oldest answers are forgotten first, so that it does not grow")
    func bounded() async {
        let ledger = CommandLedger()
        for number in 0...CommandLedger.capacity { _ = await ledger.answer("\(number)") { .accepted } }
        #expect(await ledger.answer("1") { .refused(.internalError) } == .accepted)
        #expect(await ledger.answer("0") { .refused(.internalError) } == .refused(.internalError))
    }
}

private final class Counter: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }
    func next() -> Int {
        value.withLock {
            $0 += 1
            return $0
        }
    }
}
