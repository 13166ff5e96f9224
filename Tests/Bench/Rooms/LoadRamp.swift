/// How many rooms load the bridge as much as is wanted: found by opening them step by step.
enum LoadRamp {
    /// Of one core. More leaves no room for what comes unevenly.
    static let wanted = 70.0
    private static let enough = 66.0
    private static let mostRooms = 60

    /// How many more to open; 0 when there are enough.
    static func more(than rooms: Int, percent: Double) throws -> Int {
        let missing = (wanted - percent) / (percent / Double(rooms))
        guard percent < enough, missing >= 0.5 else { return 0 }
        guard rooms < mostRooms else { throw BenchError("\(rooms) rooms load the bridge by only \(Figure.text(percent)) % of a core") }
        // Not all at once: what one room costs falls as they become more.
        return min(max(Int(missing.rounded()), 1), max(rooms, 3), mostRooms - rooms)
    }
}
