import Bench
import Testing

struct LoadTests {
    /// Opens rooms until the ramp has enough, with a machine that answers `percent`.
    private func rooms(wanted: Double, _ percent: (Int) -> Double) throws -> Int {
        var ramp = LoadRamp(wanted: wanted)
        var (rooms, more) = (0, 1)
        while more > 0 {
            rooms += more
            more = try ramp.more(than: rooms, percent: percent(rooms))
        }
        return rooms
    }

    @Test(arguments: [1.0, 4, 9, 17, 40]) func `Rooms are opened until the bridge is as busy as it is to be`(cost: Double) throws {
        // A room costs less the more there are.
        let percent = { (rooms: Int) in 2 + cost * Double(rooms) * (rooms > 4 ? 0.8 : 1) }
        guard percent(60) >= 66 else {
            #expect(throws: (any Error).self) { try rooms(wanted: 70, percent) }
            return
        }
        #expect(abs(percent(try rooms(wanted: 70, percent)) - 70) <= max(5, cost / 2 + 1))
    }

    @Test func `A machine that has no more to give is said so`() {
        #expect(throws: (any Error).self) { try rooms(wanted: 70) { min(Double($0) * 10, 35) } }
    }
}
