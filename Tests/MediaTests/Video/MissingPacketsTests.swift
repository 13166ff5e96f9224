import Media
import RTP
import Testing

@Suite("What of a picture is asked for again")
struct MissingPacketsTests {
    private func miss(_ missing: inout MissingPackets, _ count: Int, before newest: UInt16) -> Bool {
        missing.miss(count, before: newest, now: .zero)
    }

    private func due(_ missing: inout MissingPackets, _ milliseconds: Int, gaveUp: inout Bool) -> [[UInt16]] {
        missing.due(now: .milliseconds(milliseconds), roundTrip: .milliseconds(40), gaveUp: &gaveUp).map { request in
            var numbers: [UInt16] = []
            request.forEach { numbers.append($0) }
            return numbers
        }
    }

    @Test("A gap is asked for when it was not just reordering, and again a round trip later, until it comes")
    func gap() {
        var missing = MissingPackets()
        var gaveUp = false
        #expect(miss(&missing, 3, before: 1))
        #expect(due(&missing, 7, gaveUp: &gaveUp) == [])
        missing.found(65_535)
        #expect(due(&missing, 8, gaveUp: &gaveUp) == [[65_534, 0]])
        #expect(due(&missing, 57, gaveUp: &gaveUp) == [])
        missing.found(0)
        #expect(due(&missing, 58, gaveUp: &gaveUp) == [[65_534]])
        missing.found(65_534)
        #expect(missing.isEmpty && !gaveUp)
    }

    @Test("What does not come is given up after six requests, and said so")
    func givesUp() {
        var missing = MissingPackets()
        var gaveUp = false
        #expect(miss(&missing, 40, before: 1_000))
        for count in 1...6 {
            #expect(due(&missing, 100 * count, gaveUp: &gaveUp).flatMap(\.self) == Array(960..<1_000))
            #expect(!gaveUp)
        }
        #expect(due(&missing, 700, gaveUp: &gaveUp) == [] && gaveUp && missing.isEmpty)
    }

    @Test("A gap that is an outage is not asked for")
    func outage() {
        var missing = MissingPackets()
        #expect(miss(&missing, 100, before: 1_000))
        #expect(!miss(&missing, 29, before: 2_000))
        #expect(missing.isEmpty)
    }
}
