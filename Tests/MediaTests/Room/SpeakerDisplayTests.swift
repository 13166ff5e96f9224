import Media
import Testing
import VirtualNetwork

@Suite("Who is shown as speaking")
struct SpeakerDisplayTests {
    private let ada = LegID(1)
    private let echo = LegID(2)

    @Test("Two that are equally loud and change places ten times a second are told once")
    func flipping() {
        var display = SpeakerDisplay()
        var told = 0
        for look in 0..<600 {
            if display.update(look % 2 == 0 ? [ada, echo] : [echo, ada], now: .milliseconds(100 * look)) { told += 1 }
        }
        #expect(told == 1)
        #expect(display.shown == [ada, echo])
    }

    @Test("Another one that is the loudest for half a second is told, a shorter shout is not")
    func loudest() {
        var display = SpeakerDisplay()
        _ = display.update([ada, echo], now: .zero)
        var told: [Int] = []
        for look in 1...20 where display.update((3...6).contains(look) || look >= 10 ? [echo, ada] : [ada, echo], now: .milliseconds(100 * look)) {
            told.append(look)
        }
        #expect(told == [15])
        #expect(display.shown == [echo, ada])
    }

    @Test("Who comes and who goes is told at once")
    func set() {
        var display = SpeakerDisplay()
        #expect(display.update([], now: .zero) == false)
        #expect(display.update([ada], now: .milliseconds(1)) == true)
        #expect(display.update([echo, ada], now: .milliseconds(2)) == true)
        #expect(display.shown == [echo, ada])
        #expect(display.update([ada], now: .milliseconds(3)) == true)
        #expect(display.update([], now: .milliseconds(4)) == true)
        #expect(display.shown == [])
    }

    @Test("Of three that take turns nobody has been the loudest for long")
    func turns() {
        var display = SpeakerDisplay()
        let three = [ada, echo, LegID(3)]
        _ = display.update(three, now: .zero)
        var told = 0
        for look in 1...100 {
            let first = three[1 + look / 4 % 2]
            if display.update([first] + three.filter { $0 != first }, now: .milliseconds(100 * look)) { told += 1 }
        }
        #expect(told == 0)
    }
}
