import RTP
import Testing

@Suite("Unwrapping")
struct SerialUnwrapperTests {
    @Test("Numbers go on over the wrap, and an old one gets its old place")
    func sequence() {
        var unwrapper = SequenceUnwrapper()
        #expect(
            [65534, 65535, 0, 65535, 2, 1, 32769, 2].map { unwrapper.unwrap($0) }
                == [65534, 65535, 65536, 65535, 65538, 65537, 98305, 65538])
        #expect(unwrapper.newest == 98305)
    }

    @Test("Before the first number there is room below zero")
    func belowZero() {
        var unwrapper = SequenceUnwrapper()
        #expect([0, 65535, 32768, 1].map { unwrapper.unwrap($0) } == [0, -1, -32768, 1])
    }

    @Test("Timestamps of 13 hours and more go on")
    func timestamps() {
        var unwrapper = TimestampUnwrapper()
        var expected: Int64 = 0
        for _ in 0..<1000 {
            #expect(unwrapper.unwrap(UInt32(truncatingIfNeeded: expected)) == expected)
            expected += 0x7FFF_FFF0
        }
    }

    @Test("Whatever comes, the result is the number again, less than half a round from the newest", arguments: 0..<10 as Range<UInt64>)
    func property(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var unwrapper = SequenceUnwrapper()
        for _ in 0..<2000 {
            let number: UInt16 = random.next()
            let before = unwrapper.newest
            let place = unwrapper.unwrap(number)
            #expect(UInt16(truncatingIfNeeded: place) == number)
            if let before { #expect((-32768...32767).contains(place - before)) }
        }
    }
}
