/// How many rooms load the bridge as much as is wanted: found by opening them step by step.
package struct LoadRamp: Sendable {
    private static let mostRooms = 60
    /// Of what is wanted, near enough.
    private static let enough = 0.94
    /// Of what a step should bring, too little: the processors have no more to give.
    private static let leastGain = 0.2

    /// Percent of one core. More than 70 leaves no room for what comes unevenly.
    package let wanted: Double
    private var last: (rooms: Int, percent: Double)?

    package init(wanted: Double) { self.wanted = wanted }

    /// How many more to open; 0 when there are enough.
    ///
    /// - Parameter percent: what the bridge uses with `rooms`.
    /// - Throws: when more rooms do not make it busier.
    package mutating func more(than rooms: Int, percent: Double) throws -> Int {
        if let last, percent < wanted * Self.enough {
            let due = (last.percent / Double(last.rooms)) * Double(rooms - last.rooms)
            guard percent - last.percent >= Self.leastGain * due else {
                throw BenchError(
                    "\(rooms) rooms use \(Figure.text(percent)) % of a core, \(last.rooms) used \(Figure.text(last.percent)): the machine is too busy"
                )
            }
        }
        last = (rooms, percent)
        let missing = (wanted - percent) / max(percent / Double(rooms), 0.01)
        guard percent < wanted * Self.enough, missing >= 0.5 else { return 0 }
        guard rooms < Self.mostRooms else { throw BenchError("\(rooms) rooms load the bridge by only \(Figure.text(percent)) % of a core") }
        // Not all at once: what one room costs falls as they become more.
        return min(max(Int(missing.rounded()), 1), max(rooms, 3), Self.mostRooms - rooms)
    }
}
