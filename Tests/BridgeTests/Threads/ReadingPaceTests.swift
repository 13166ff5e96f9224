import Bridge
import Testing

@Suite("When browsers are read")
struct ReadingPaceTests {
    @Test("A voice alone wakes the thread with each packet")
    func one() {
        var pace = ReadingPace()
        for packet in 0..<50 {
            pace.looked(found: 1, now: .milliseconds(20 * packet))
            #expect(pace.restsUntil == nil)
        }
    }

    @Test("Ten voices do, too: a rest would cost more wakes than it saves")
    func ten() {
        var pace = ReadingPace()
        for packet in 0..<500 {
            pace.looked(found: 1, now: .milliseconds(2 * packet))
            #expect(pace.restsUntil == nil)
        }
    }

    @Test("Fifty are read together every three milliseconds, for as long as so much comes")
    func fifty() {
        var pace = ReadingPace()
        var now = Duration.seconds(9)
        var rests = 0
        for _ in 0..<100 {
            pace.looked(found: 7, now: now)
            if let until = pace.restsUntil {
                rests += 1
                #expect(until == now + ReadingPace.rest)
                // Another timer in between changes nothing.
                pace.looked(found: 0, now: now + .milliseconds(1))
                #expect(pace.restsUntil == until)
            }
            now += .milliseconds(3)
        }
        #expect(rests > 80)
        for _ in 0..<20 {
            pace.looked(found: 1, now: now)
            now += .milliseconds(3)
        }
        #expect(pace.restsUntil == nil)
    }
}
