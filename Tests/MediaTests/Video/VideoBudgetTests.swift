import Media
import Testing

@Suite("How many pictures a narrow path is given")
struct VideoBudgetTests {
    /// The limits after each half second from `from` to `to`, with an estimate of a path that carries `path` bits a second.
    private func limits(_ budget: inout VideoBudget, from: Int, to: Int, path: UInt64, each: UInt64 = 500_000, wanted: Int = 3) -> [Int?] {
        var limits: [Int?] = []
        for half in from..<to {
            let now = Duration.milliseconds(500 * half)
            let shown = budget.limit ?? wanted
            budget.estimated(min(path, 3 * each * UInt64(max(shown, 1)) / 2), now: now)
            _ = budget.decide(shown: shown, wanted: wanted, rate: each * UInt64(shown), now: now)
            limits.append(budget.limit)
        }
        return limits
    }

    @Test("A path that carries everything is given everything")
    func wide() {
        var budget = VideoBudget()
        #expect(limits(&budget, from: 0, to: 100, path: 5_000_000).allSatisfy { $0 == nil })
    }

    @Test("A narrow one gets fewer, one at a time; each failed try makes the next one wait longer")
    func narrow() {
        var budget = VideoBudget()
        let found = limits(&budget, from: 0, to: 240, path: 550_000)
        #expect(found[2] == nil && found[3] == 2 && found[7] == 1)
        // A tenth more than the rate of one: enough for one. Two are tried again and again, less and less often.
        let tries = found.indices.dropLast().filter { found[$0 + 1] ?? 3 > found[$0] ?? 3 }
        #expect(tries.count >= 3)
        let pauses = zip(tries, tries.dropFirst()).map { $1 - $0 }
        #expect(pauses == pauses.sorted() && pauses.last ?? 0 > (pauses.first ?? 1) * 3 / 2)
    }

    @Test("It gets all of them back when the path is wide again")
    func wideAgain() {
        var budget = VideoBudget()
        _ = limits(&budget, from: 0, to: 40, path: 550_000)
        #expect(limits(&budget, from: 40, to: 400, path: 5_000_000).last == .some(nil))
    }

    @Test("Loss that repeating cannot heal counts as narrow, also without an estimate; pictures that stand still do not")
    func loss() {
        var budget = VideoBudget()
        for half in 0..<20 {
            budget.lost(12, now: .milliseconds(500 * half))
            budget.estimated(20_000, now: .milliseconds(500 * half))
            _ = budget.decide(shown: 2, wanted: 2, rate: 60_000, now: .milliseconds(500 * half))
        }
        #expect(budget.limit == nil)
        var lossy = VideoBudget()
        for half in 0..<5 {
            lossy.lost(100, now: .milliseconds(500 * half))
            _ = lossy.decide(shown: 2, wanted: 2, rate: 1_000_000, now: .milliseconds(500 * half))
        }
        #expect(lossy.limit == 1)
    }

    @Test("After an outage one report says that nearly all was lost, and nobody is sent fewer pictures for it")
    func outage() {
        var budget = VideoBudget()
        for half in 0..<40 {
            // A report each second; between 8 s and 16 s none arrives.
            if half % 2 == 0, !(16..<32).contains(half) { budget.lost(half == 32 ? 250 : 3, now: .milliseconds(500 * half)) }
            _ = budget.decide(shown: 2, wanted: 2, rate: 400_000, now: .milliseconds(500 * half))
            #expect(budget.limit == nil)
        }
    }

    @Test("A path that gets clearly narrower is noticed at once, and once")
    func fall() {
        var budget = VideoBudget()
        budget.estimated(1_000_000, now: .zero)
        budget.estimated(950_000, now: .seconds(1))
        #expect(!budget.hasFallen)
        budget.estimated(600_000, now: .seconds(2))
        #expect(budget.hasFallen)
        budget.noticeFall()
        budget.estimated(600_000, now: .seconds(3))
        #expect(!budget.hasFallen)
        // What was said long ago is nothing that it could fall from.
        budget.estimated(100_000, now: .seconds(30))
        #expect(!budget.hasFallen)
    }
}
