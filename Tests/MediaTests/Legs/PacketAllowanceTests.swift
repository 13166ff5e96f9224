import Media
import Testing

@Suite("How many packets of one leg are taken")
struct PacketAllowanceTests {
    /// Of `perSecond` packets, evenly, for so many seconds: how many are taken.
    private func taken(_ perSecond: Int, seconds: Int) -> (taken: Int, refused: UInt64) {
        var allowance = PacketAllowance()
        let taken = (0..<perSecond * seconds).count { allowance.take(now: .seconds($0) / perSecond) }
        return (taken, allowance.refused)
    }

    @Test("A voice is taken whole, whatever its packets are long", arguments: [50, 100, 150])
    func voice(perSecond: Int) {
        #expect(taken(perSecond, seconds: 60) == (perSecond * 60, 0))
    }

    @Test("Of a flood no more is taken than a burst and what time earns")
    func flood() {
        let (taken, refused) = taken(10_000, seconds: 10)
        #expect((1_640...1_650).contains(taken))
        #expect(refused == UInt64(100_000 - taken))
    }

    @Test("Three seconds of a voice at once, after a pause, are taken")
    func stall() {
        var allowance = PacketAllowance()
        for second in 0..<3 {
            let now = Duration.seconds(3 * second)
            #expect((0..<150).allSatisfy { _ in allowance.take(now: now) })
        }
    }

    @Test("Neither a clock that goes back nor one that leaps earns anything beyond a burst")
    func clock() {
        var allowance = PacketAllowance()
        for now in [Duration.seconds(5), .zero, .seconds(4), .seconds(1_000_000_000)] {
            let taken = (0..<1_000).count { _ in allowance.take(now: now) }
            #expect(taken <= 150 && (now == .zero || now == .seconds(4) ? taken == 0 : taken == 150))
        }
    }
}
