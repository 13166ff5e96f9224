import Bridge
import Testing
import VirtualNetwork

@Suite struct CallPaceTests {
    @Test func `a second holds as many calls as its limit, wherever it begins`() {
        for seed in 0..<20 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let limit = Int.random(in: 1...7, using: &random)
            var pace = CallPace()
            var given: [Duration] = []
            var now = Duration.zero
            for _ in 0..<2_000 {
                now += .milliseconds(Int.random(in: 0...120, using: &random))
                guard pace.isFree(limit: limit, now: now) else { continue }
                pace.note(now: now)
                given.append(now)
            }
            for (index, first) in given.enumerated() where index + limit < given.count {
                #expect(given[index + limit] - first >= .seconds(1), "seed \(seed)")
            }
            // And not much less than that: of the calls that came, about sixteen in each second, the limit was used up.
            #expect(given.count >= Int(now.components.seconds) * min(limit, 5) * 9 / 10, "seed \(seed)")
        }
    }

    @Test func `without a limit every call is given, and what is kept is bounded`() {
        var pace = CallPace()
        for call in 0..<5_000 {
            let now = Duration.microseconds(call)
            #expect(pace.isFree(limit: nil, now: now))
            pace.note(now: now)
        }
        #expect(pace.count(now: .milliseconds(5)) == 1_000)
        #expect(pace.count(now: .seconds(2)) == 0)
    }
}
