/// When a media thread must wake for its rooms: the 20 one-millisecond phases of a frame. Pure arithmetic.
///
/// Rooms are spread over the phases so that no thread mixes all of them at once. A phase with a phone in one of its rooms
/// is due every 20 ms, one whose rooms only need housekeeping every 100 ms, an empty one never.
struct PhaseSchedule {
    static let phases = 20
    static let frame = Duration.milliseconds(20)
    static let housekeeping = Duration.milliseconds(100)

    private(set) var rooms = [Int](repeating: 0, count: phases)
    private(set) var mixing = [Int](repeating: 0, count: phases)

    /// The least loaded phase takes the new room.
    mutating func add() -> Int {
        var best = 0
        for phase in rooms.indices where rooms[phase] < rooms[best] { best = phase }
        rooms[best] += 1
        return best
    }

    mutating func remove(phase: Int, mixing wasMixing: Bool) {
        rooms[phase] -= 1
        if wasMixing { mixing[phase] -= 1 }
    }

    mutating func setMixing(_ isMixing: Bool, phase: Int) { mixing[phase] += isMixing ? 1 : -1 }

    /// The first moment after `now` at which some phase is due; `nil` without rooms.
    func nextDue(after now: Duration) -> (phase: Int, at: Duration)? {
        var best: (phase: Int, at: Duration)?
        for phase in rooms.indices where rooms[phase] > 0 {
            let at = due(phase: phase, every: mixing[phase] > 0 ? Self.frame : Self.housekeeping, after: now)
            if best == nil || at < best!.at { best = (phase, at) }
        }
        return best
    }

    /// The first `phase + k × period` after `now`.
    private func due(phase: Int, every period: Duration, after now: Duration) -> Duration {
        let offset = Duration.milliseconds(phase)
        let period = period.nanoseconds
        let passed = (now - offset).nanoseconds
        return offset + .nanoseconds((passed / period + (passed < 0 ? 0 : 1)) * period)
    }

    /// Whether housekeeping falls on the frame of `at`.
    static func isHousekeeping(at: Duration, phase: Int) -> Bool {
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
