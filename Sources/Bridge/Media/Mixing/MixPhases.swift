/// Spreads rooms over the 20 one-millisecond phases of a frame, so that a thread does not mix all of them at once.
///
/// A few rooms share a phase before the next one is opened: each phase in use wakes the thread 50 times a second, and what a group
/// of rooms takes (about 0.1 ms each) is still less than the millisecond between two phases.
public struct MixPhases: Sendable {
    /// Phases of one millisecond in a frame.
    public static let count = 20
    /// Rooms in a phase before another one is opened.
    public static let group = 8

    /// Each next phase is far from those before it, so that a few groups are far apart, too.
    private static let order = [0, 10, 5, 15, 2, 12, 7, 17, 1, 11, 6, 16, 3, 13, 8, 18, 4, 14, 9, 19]
    private var rooms = Array(repeating: 0, count: count)

    public init() {}

    /// Rooms in each phase.
    public var load: [Int] { rooms }

    /// The phase (0…19 ms) of a new room: one in use whose group has a place, else an unused one, else one that the fewest rooms have.
    public mutating func assign() -> Int {
        var best = Self.order.first { (1..<Self.group).contains(rooms[$0]) } ?? Self.order[0]
        if rooms[best] == 0 || rooms[best] >= Self.group {
            for phase in Self.order where rooms[phase] < rooms[best] { best = phase }
        }
        rooms[best] += 1
        return best
    }

    /// Gives a phase back when its room has ended.
    public mutating func release(_ phase: Int) {
        guard rooms.indices.contains(phase), rooms[phase] > 0 else { return }
        rooms[phase] -= 1
    }
}
