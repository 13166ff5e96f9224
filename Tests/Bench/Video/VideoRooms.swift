import Linux

/// Rooms in which everybody's camera is on and everybody sees all others.
struct VideoRooms {
    static let participants = 5
    /// Forwarded streams of one room.
    static let streamsPerRoom = participants * (participants - 1)
    private static let allowedLoss = 0.01

    let load: RoomLoad
    private var rooms: [BenchRoom] = []

    init(load: RoomLoad) { self.load = load }

    var count: Int { rooms.count }
    var streams: Int { rooms.count * Self.streamsPerRoom }

    mutating func open(_ count: Int) async throws {
        for _ in 0..<count {
            var room = BenchRoom(server: load.server, generator: load.generator)
            defer { rooms.append(room) }
            try await room.fill(Self.participants)
            let first = MonotonicClock.now() + .milliseconds(50)
            for (index, participant) in room.participants.enumerated() {
                // Cameras have a phase each.
                participant.film(from: first + CameraPacing.interval * phase(index) / 16)
            }
            try await room.awaitPictures()
            for participant in room.participants { participant.listen(.counting) }
        }
    }

    /// Of 16: neighbours lie apart.
    private func phase(_ index: Int) -> Int { (rooms.count * 7 + index * 3) % 16 }

    /// Room by room.
    func counts() async throws -> [[LegCount]] {
        var counts: [[LegCount]] = []
        for room in rooms { counts.append(try await room.counts()) }
        return counts
    }

    /// A stream that is not seen is none.
    /// - Returns: how many packets were seen, of how many.
    func requireSeen(since before: [[LegCount]], until later: [[LegCount]]) throws -> (seen: Int, expected: Int) {
        var total = (seen: 0, expected: 0)
        for (before, later) in zip(before, later) {
            let counts = zip(later, before).map { $0 - $1 }
            let sent = counts.reduce(0) { $0 + $1.cameraSent }
            for count in counts {
                let (seen, expected) = (count.seen.values.reduce(0, +), sent - count.cameraSent)
                let sources = count.seen.count { $0.value > 0 }
                guard sources == counts.count - 1, Double(seen) >= (1 - Self.allowedLoss) * Double(expected) else {
                    throw BenchError("of \(expected) packets of \(counts.count - 1) cameras \(seen) of \(sources) were seen by one participant")
                }
                total.seen += seen
                total.expected += expected
            }
        }
        return total
    }

    func close() async {
        for room in rooms { await room.leave() }
    }
}

extension BenchRoom {
    private static let showing = Duration.seconds(5)

    /// Waits until everybody sees somebody's camera; throws if the server forwards none.
    func awaitPictures(of watchers: [Participant]? = nil) async throws {
        let watchers = watchers ?? participants
        let giveUp = MonotonicClock.now() + Self.showing
        while try await generator.records(watchers.map(\.leg)).contains(where: { $0.firstKey == nil }) {
            guard MonotonicClock.now() < giveUp else {
                let isAsked = watchers.contains { $0.told.wantedVideo > 0 }
                throw BenchError(isAsked ? "the server asked for video sections, and no whole picture came" : "not forwarded by this build")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        try await settle()
    }
}
