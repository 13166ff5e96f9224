import Bridge
import Domain
import Testing
import VirtualNetwork

/// When a trunk is asked, and when it counts as up or down.
@Suite struct TrunkWatchTests {
    private static let interval = Duration.seconds(30)

    /// Asks as the desk does, in virtual time, and notes each change of state.
    private struct Run {
        var random: SeededGenerator
        var watch: TrunkWatch
        var now = Duration.zero
        var asked: [Duration] = []
        var changes: [(TrunkState, at: Duration)] = []

        init(seed: UInt64, interval: Duration? = TrunkWatchTests.interval) {
            random = SeededGenerator(seed: seed)
            watch = TrunkWatch(interval: interval, now: .zero, random: &random)
        }

        /// - Parameter status: what an OPTIONS at that time is answered; `nil` for nothing.
        mutating func go(until end: Duration, answer status: (Duration) -> Int?) {
            while let due = watch.deadline, due <= end {
                now = due
                switch watch.due(now: now) {
                case .ask:
                    watch.ask(now: now)
                    asked.append(now)
                    guard let status = status(now) else { continue }
                    now += .milliseconds(20)
                    note(watch.answered(status, now: now, wall: wall, random: &random))
                case .giveUp(let obstacle): note(watch.fail(obstacle, now: now, wall: wall, random: &random))
                case .nothing: Issue.record("nothing was due")
                }
            }
            now = end
        }

        private var wall: Int64 { now / .milliseconds(1) > 0 ? Int64(now / .milliseconds(1)) : 0 }
        private mutating func note(_ isNews: Bool) { if isNews { changes.append((watch.state, now)) } }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a trunk that answers is asked each interval, a tenth more or less, and is up`(seed: UInt64) {
        var run = Run(seed: seed)
        run.go(until: .seconds(600)) { _ in 200 }
        #expect(run.changes.map { $0.0 } == [.up])
        #expect(run.asked.first.map { $0 <= .seconds(1) } == true)
        for (one, next) in zip(run.asked, run.asked.dropFirst()) { #expect((Duration.seconds(27)...Duration.seconds(34)).contains(next - one)) }
        #expect(run.watch.last?.roundTripMicroseconds == 20_000)
    }

    @Test(arguments: [200, 401, 403, 404, 405, 407, 481, 486, 500, 501, 600])
    func `every final answer but 503 says that it is there`(status: Int) {
        var run = Run(seed: 1)
        run.go(until: .seconds(40)) { _ in status }
        #expect(run.watch.state == .up && run.watch.last?.status == status)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `one that falls silent is down after three questions, within fifty seconds, and up at its first answer`(seed: UInt64) {
        var run = Run(seed: seed)
        let (falls, returns) = (Duration.seconds(100), Duration.seconds(1_000))
        run.go(until: .seconds(1_200)) { $0 < falls || $0 >= returns ? 200 : nil }
        #expect(run.changes.map { $0.0 } == [.up, .down, .up])
        let silent = run.asked.filter { $0 >= falls && $0 < returns }
        #expect(run.changes[1].at - falls < .seconds(50), "seed \(seed): \(run.changes)")
        #expect(silent.filter { $0 < run.changes[1].at }.count == TrunkWatch.tries)
        // Longer and longer pauses, but never more than twice the interval and the wait for the answer.
        #expect(run.changes[2].at - returns < .seconds(70), "seed \(seed): \(run.changes)")
        #expect((15...40).contains(silent.count))
    }

    @Test func `two lost questions are no outage`() {
        var run = Run(seed: 3)
        var lost = 0
        run.go(until: .seconds(400)) { now in
            guard now > .seconds(100), lost < 2 else { return 200 }
            lost += 1
            return nil
        }
        #expect(lost == 2 && run.changes.map { $0.0 } == [.up])
    }

    @Test func `a trunk that answers 503 is down, and says so`() {
        var run = Run(seed: 4)
        run.go(until: .seconds(60)) { _ in 503 }
        #expect(run.changes.map { $0.0 } == [.down])
        #expect(run.watch.last?.obstacle == .unavailable && run.watch.last?.status == 503)
    }

    @Test func `one that is not to be asked is asked by tests only, and stays unknown`() {
        var run = Run(seed: 5, interval: nil)
        #expect(run.watch.deadline == nil && run.watch.mayTest(now: .zero))
        run.watch.ask(now: .zero)
        #expect(!run.watch.mayTest(now: .seconds(1)))
        let isNews = run.watch.answered(200, now: .milliseconds(30), wall: 30, random: &run.random)
        #expect(!isNews && run.watch.state == .unknown && run.watch.last?.status == 200)
        #expect(run.watch.deadline == nil)
        #expect(!run.watch.mayTest(now: .milliseconds(500)))
        #expect(run.watch.mayTest(now: .milliseconds(1_030)))
    }

    @Test func `an answer that comes after its time changes nothing`() {
        var run = Run(seed: 6)
        run.go(until: .seconds(3)) { _ in nil }
        guard let until = run.watch.deadline else { Issue.record("it waits for nothing"); return }
        _ = run.watch.fail(.noAnswer, now: until, wall: 1, random: &run.random)
        let isNews = run.watch.answered(200, now: until, wall: 2, random: &run.random)
        #expect(!isNews && run.watch.last?.obstacle == .noAnswer)
    }
}
