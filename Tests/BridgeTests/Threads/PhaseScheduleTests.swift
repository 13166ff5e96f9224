import Bridge
import Testing
import VirtualNetwork

@Suite("The phases of a thread's rooms")
struct PhaseScheduleTests {
    @Test("Rooms are spread in groups, and a place that is free again is taken first")
    func spread() {
        var schedule = PhaseSchedule()
        let phases = (0..<160).map { _ in schedule.add() }
        #expect(Set(phases).count == 20)
        #expect(schedule.rooms.allSatisfy { $0 == 8 })
        schedule.remove(phase: 7, mixing: false)
        #expect(schedule.add() == 7)
    }

    @Test("A room with a phone is due every 20 ms at its phase, another one every 100 ms, none never")
    func due() {
        var schedule = PhaseSchedule()
        #expect(schedule.nextDue(after: .zero) == nil)
        // A full group that waits, and one room in the next phase.
        let phases = (0..<9).map { _ in schedule.add() }
        let busy = phases[8]
        schedule.setMixing(true, phase: busy)
        var now = Duration.zero
        var times = [[Duration]](repeating: [], count: PhaseSchedule.phases)
        while let next = schedule.nextDue(after: now), next.at <= .seconds(1) {
            #expect(next.at > now)
            now = next.at
            times[next.phase].append(now)
        }
        for phase in times.indices where phase != busy {
            // «After» zero: phase 0 is first due at 100 ms.
            let expected = (0...10).map { Duration.milliseconds(100 * $0 + phase) }.filter { $0 > .zero && $0 <= .seconds(1) }
            #expect(times[phase] == (phases.contains(phase) ? expected : []))
        }
        #expect(times[busy].count == 50)
        #expect(zip(times[busy], times[busy].dropFirst()).allSatisfy { $1 - $0 == .milliseconds(20) })
    }

    @Test("Housekeeping falls on every fifth frame", arguments: 0..<20)
    func housekeeping(phase: Int) {
        let frames = (0..<50).map { Duration.milliseconds(20 * $0 + phase) }
        #expect(
            frames.filter { PhaseSchedule.isHousekeeping(at: $0, phase: phase) } == frames.enumerated().filter { $0.offset % 5 == 0 }.map(\.element))
    }

    @Test("Whatever comes and goes, nothing is due twice and nothing is forgotten", arguments: 1...5 as ClosedRange<UInt64>)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var schedule = PhaseSchedule()
        var rooms: [(phase: Int, mixing: Bool)] = []
        var now = Duration.zero
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: rooms.append((schedule.add(), false))
            case 1 where !rooms.isEmpty:
                let room = rooms.remove(at: Int.random(in: rooms.indices, using: &random))
                schedule.remove(phase: room.phase, mixing: room.mixing)
            case 2 where !rooms.isEmpty:
                let index = Int.random(in: rooms.indices, using: &random)
                rooms[index].mixing.toggle()
                schedule.setMixing(rooms[index].mixing, phase: rooms[index].phase)
            default:
                guard let next = schedule.nextDue(after: now) else {
                    #expect(rooms.isEmpty)
                    break
                }
                let due = next.at
                #expect(due > now && due - now <= .milliseconds(100))
                #expect(rooms.contains { $0.phase == next.phase })
                if rooms.contains(where: \.mixing) { #expect(due - now <= .milliseconds(20)) }
                now = due + .microseconds(Int.random(in: 0...900, using: &random))
            }
        }
        for phase in 0..<20 {
            #expect(schedule.rooms[phase] == rooms.count { $0.phase == phase })
            #expect(schedule.mixing[phase] == rooms.count { $0.phase == phase && $0.mixing })
        }
    }
}
