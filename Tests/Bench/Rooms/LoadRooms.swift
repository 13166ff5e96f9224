/// Rooms that are there to make work.
struct LoadRooms {
    let load: RoomLoad
    let cast: RoomLoad.Cast
    private var rooms: [BenchRoom] = []

    init(load: RoomLoad, cast: RoomLoad.Cast) {
        self.load = load
        self.cast = cast
    }

    var count: Int { rooms.count }

    mutating func open(_ count: Int) async throws {
        for _ in 0..<count {
            var room = BenchRoom(server: load.server, generator: load.generator)
            defer { rooms.append(room) }
            try await room.fill(cast.participants)
            room.speak(talkers: cast.talkers, load.voices.speech, load.voices.quiet, mode: .counting)
        }
    }

    /// Room by room.
    func counts() async throws -> [[LegCount]] {
        var counts: [[LegCount]] = []
        for room in rooms { counts.append(try await room.counts()) }
        return counts
    }

    /// A bridge that drops what it should forward is not loaded but overloaded.
    func requireHeard(since before: [[LegCount]], until later: [[LegCount]]) throws {
        for (before, later) in zip(before, later) {
            try RoomTraffic(talkers: cast.talkers, counts: zip(later, before).map { $0 - $1 }).requireHeard()
        }
    }

    func close() async {
        for room in rooms { await room.leave() }
    }
}
