import Media
import Testing
import VirtualNetwork

@Suite("Phases of mixing")
struct MixPhasesTests {
    @Test("The first 20 rooms have a phase each, the first two are half a frame apart")
    func spread() {
        var phases = MixPhases()
        let given = (0..<20).map { _ in phases.assign() }
        #expect(Set(given) == Set(0..<20))
        #expect(abs(given[0] - given[1]) == 10)
    }

    @Test("Under random coming and going a new room always has a least used phase")
    func random() {
        var generator = SeededGenerator(seed: 5)
        var phases = MixPhases()
        var rooms: [Int] = []
        for _ in 0..<5000 {
            if rooms.isEmpty || Bool.random(using: &generator) {
                let least = phases.load.min()!
                let phase = phases.assign()
                #expect(phases.load[phase] == least + 1)
                rooms.append(phase)
            } else {
                phases.release(rooms.remove(at: Int.random(in: rooms.indices, using: &generator)))
            }
        }
        #expect(phases.load == (0..<20).map { phase in rooms.count { $0 == phase } })
    }

    @Test("Releasing what was never assigned changes nothing")
    func release() {
        var phases = MixPhases()
        for phase in [-1, 0, 19, 20, .max] { phases.release(phase) }
        #expect(phases.load == Array(repeating: 0, count: 20))
    }
}
