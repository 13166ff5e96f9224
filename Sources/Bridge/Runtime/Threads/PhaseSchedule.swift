import Media

/// When a media thread must wake for its rooms: the 20 one-millisecond phases of a frame. Pure arithmetic.
///
/// Rooms are spread over the phases in small groups, so that no thread mixes all of them at once. A phase with a phone in one of its rooms
/// is due every 20 ms, one whose rooms only need housekeeping every 100 ms, an empty one never.
package struct PhaseSchedule {
    package static let phases = MixPhases.count
    package static let frame = Duration.milliseconds(20)
    package static let housekeeping = Duration.milliseconds(100)

    private var assignment = MixPhases()
    /// Rooms in each phase.
    package var rooms: [Int] { assignment.load }
    package private(set) var mixing = [Int](repeating: 0, count: phases)

    /// Whether some phase is due every 20 ms.
    package var isMixing: Bool { mixing.contains { $0 > 0 } }

    package init() {}

    /// - Returns: the phase of a new room (see `MixPhases`).
    package mutating func add() -> Int { assignment.assign() }

    package mutating func remove(phase: Int, mixing wasMixing: Bool) {
        assignment.release(phase)
        if wasMixing { mixing[phase] -= 1 }
    }

    package mutating func setMixing(_ isMixing: Bool, phase: Int) { mixing[phase] += isMixing ? 1 : -1 }

    /// The first moment after `now` at which some phase is due; `nil` without rooms.
    package func nextDue(after now: Duration) -> (phase: Int, at: Duration)? {
        // In 64 bits: a `Duration` has 128, and every datagram asks this for all phases.
        let instant = now.nanoseconds
        let rooms = assignment.load
        var best: (phase: Int, at: Int64)?
        for phase in rooms.indices where rooms[phase] > 0 {
            let at = Self.due(phase: phase, every: mixing[phase] > 0 ? Self.frameNanoseconds : Self.housekeepingNanoseconds, after: instant)
            if best == nil || at < best!.at { best = (phase, at) }
        }
        return best.map { ($0.phase, .nanoseconds($0.at)) }
    }

    private static let frameNanoseconds = frame.nanoseconds
    private static let housekeepingNanoseconds = housekeeping.nanoseconds

    /// The first `phase + k × period` after `now`.
    private static func due(phase: Int, every period: Int64, after now: Int64) -> Int64 {
        let offset = Int64(phase) * 1_000_000
        let passed = now - offset
        return offset + (passed / period + (passed < 0 ? 0 : 1)) * period
    }

    /// Whether housekeeping falls on the frame of `at`.
    package static func isHousekeeping(at: Duration, phase: Int) -> Bool {
        (at - .milliseconds(phase)).nanoseconds % housekeeping.nanoseconds < frame.nanoseconds
    }
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
