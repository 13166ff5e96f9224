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

    @Test("Many are read together every three milliseconds, and no longer than they come")
    func many() {
        var pace = ReadingPace()
        pace.looked(found: 1, now: .milliseconds(100))
        #expect(pace.restsUntil == nil)
        pace.looked(found: 1, now: .milliseconds(102))
        #expect(pace.restsUntil == .milliseconds(105))
        // Another timer in between changes nothing.
        pace.looked(found: 0, now: .milliseconds(103))
        #expect(pace.restsUntil == .milliseconds(105))
        pace.looked(found: 4, now: .milliseconds(105))
        #expect(pace.restsUntil == .milliseconds(108))
        pace.looked(found: 0, now: .milliseconds(108))
        #expect(pace.restsUntil == nil)
        pace.looked(found: 1, now: .milliseconds(140))
        #expect(pace.restsUntil == nil)
    }
}
