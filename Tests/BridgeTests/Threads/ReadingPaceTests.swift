import Bridge
import Testing

@Suite("When browsers are read")
struct ReadingPaceTests {
    @Test("A voice alone wakes the thread with each packet")
    func one() {
        var pace = ReadingPace()
        for packet in 0..<50 {
            pace.looked(found: 1, began: .milliseconds(20 * packet))
            #expect(pace.restsUntil == nil)
        }
    }

    @Test("Ten voices do, too: a rest would cost more wakes than it saves")
    func ten() {
        var pace = ReadingPace()
        for packet in 0..<500 {
            pace.looked(found: 1, began: .milliseconds(2 * packet))
            #expect(pace.restsUntil == nil)
        }
    }

    /// How long the pace rests after it has seen `found` datagrams every `every` for a second.
    private func rest(_ pace: inout ReadingPace, found: Int, every: Duration, from now: inout Duration) -> Duration? {
        let end = now + .seconds(1)
        while now < end {
            now += every
            pace.looked(found: found, began: now)
        }
        return pace.restsUntil.map { $0 - now }
    }

    @Test("Fifty are read together every four milliseconds, for as long as so much comes")
    func fifty() {
        var pace = ReadingPace()
        var now = Duration.seconds(9)
        #expect(rest(&pace, found: 10, every: .milliseconds(4), from: &now) == ReadingPace.longest)
        // Another timer in between changes nothing.
        let until = pace.restsUntil
        pace.looked(found: 0, began: now + .milliseconds(1))
        #expect(pace.restsUntil == until)
        #expect(rest(&pace, found: 1, every: .milliseconds(3), from: &now) == nil)
    }

    @Test("The more comes, the sooner is the next look: a thread at work all the time looks every millisecond")
    func many() {
        var pace = ReadingPace()
        var now = Duration.seconds(9)
        #expect(rest(&pace, found: 15, every: .milliseconds(2), from: &now) == .microseconds(1_600))
        #expect(rest(&pace, found: 60, every: .milliseconds(2), from: &now) == ReadingPace.shortest)
    }

    @Test("The rest is reckoned from the beginning of a look, however long the work on what it found took")
    func slow() {
        var pace = ReadingPace()
        var now = Duration.seconds(9)
        _ = rest(&pace, found: 30, every: .milliseconds(7), from: &now)
        // The work took seven milliseconds: the next look was due before it ended.
        #expect(pace.restsUntil.map { $0 < now + .milliseconds(7) } == true)
    }
}
