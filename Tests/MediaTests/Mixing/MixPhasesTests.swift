import Media
import Testing
import VirtualNetwork

@Suite("Phases of mixing")
struct MixPhasesTests {
    @Test("Eight rooms share a phase before another one is opened, half a frame away")
    func groups() {
        var phases = MixPhases()
        let given = (0..<160).map { _ in phases.assign() }
        for group in 0..<20 { #expect(Set(given[group * 8..<group * 8 + 8]).count == 1) }
        #expect(Set(given) == Set(0..<20))
        #expect(abs(given[0] - given[8]) == 10)
    }

    @Test("With all groups full, a new room has a least used phase")
    func full() {
        var phases = MixPhases()
        let given = (0..<200).map { _ in phases.assign() }
        #expect(phases.load.allSatisfy { $0 == 10 })
        phases.release(given[57])
        #expect(phases.assign() == given[57])
    }

    @Test("Under random coming and going a new phase is opened only when every open one is full")
    func random() {
        var generator = SeededGenerator(seed: 5)
        var phases = MixPhases()
        var rooms: [Int] = []
        for _ in 0..<5000 {
            if rooms.isEmpty || Bool.random(using: &generator) {
                let before = phases.load
                let phase = phases.assign()
                if before[phase] == 0 { #expect(before.allSatisfy { $0 == 0 || $0 >= MixPhases.group }) }
                if before[phase] >= MixPhases.group { #expect(before[phase] == before.min()!) }
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
