import Linux
import Media

/// What a loaded bridge adds to the way of a forwarded packet.
struct RoomDelayMeasurement {
    /// A load room: as many talk as are forwarded, so that few legs make much work, and nobody takes another's place.
    private static let loadCast = RoomLoad.Cast(participants: 10, talkers: AudibleSources.limit)
    /// Measured rooms: two who hear each other.
    private static let measuredRooms = 5
    private static let look = Duration.seconds(3)

    let load: RoomLoad
    let plan: MeasurementPlan

    func figures() async throws -> [Figure] {
        // A thread of its own: on the loaded one packets would wait for the generator, not for the bridge.
        let generator = try MediaGenerator()
        defer { generator.stop() }
        var rooms = LoadRooms(load: load, cast: Self.loadCast)
        let result: Result<[Figure], any Error>
        do {
            result = .success(try await figures(beside: &rooms, generator))
        } catch {
            result = .failure(error)
        }
        await rooms.close()
        return try result.get()
    }

    private func figures(beside rooms: inout LoadRooms, _ generator: MediaGenerator) async throws -> [Figure] {
        var measured: [BenchRoom] = []
        for _ in 0..<Self.measuredRooms {
            var room = BenchRoom(server: load.server, generator: generator)
            defer { measured.append(room) }
            try await room.fill(2)
        }
        let result: Result<[Figure], any Error>
        do {
            try await ramp(&rooms)
            result = .success(try await measure(measured, beside: rooms, generator))
        } catch {
            result = .failure(error)
        }
        for room in measured { await room.leave() }
        return try result.get()
    }

    /// Opens rooms until the bridge is as busy as it is to be: by the cost of those that are there.
    private func ramp(_ rooms: inout LoadRooms) async throws {
        var ramp = LoadRamp(wanted: plan.loadPercent)
        var more = 1
        while more > 0 {
            try await rooms.open(more)
            try await Task.sleep(for: Self.look)
            more = try ramp.more(than: rooms.count, percent: try await load.bridge.percent(over: Self.look))
        }
    }

    private func measure(_ measured: [BenchRoom], beside rooms: LoadRooms, _ generator: MediaGenerator) async throws -> [Figure] {
        let first = MonotonicClock.now() + .milliseconds(100)
        let participants = measured.flatMap(\.participants)
        for (index, participant) in participants.enumerated() {
            participant.speak(load.voices.speech, from: first + .microseconds(index * 20_000 / participants.count), position: 0, mode: .recording)
        }
        let floor = try LoopbackFloor()
        try await Task.sleep(for: plan.warmUp)
        let before = try load.bridge.processorTime()
        let began = MonotonicClock.now()
        let counts = try await rooms.counts()
        async let watched = StolenTime.watch(for: plan.delayTime)
        let loopback = try await floor.delays(for: plan.delayTime)
        let stolen = try await watched
        let percent = (try load.bridge.processorTime() - before) / (MonotonicClock.now() - began) * 100
        try rooms.requireHeard(since: counts, until: try await rooms.counts())
        let records = try await generator.records(participants.map(\.leg))
        var (delays, free, lost): ([Double], [Double], Int) = ([], [], 0)
        // Two by two: who is heard in a room is the other one.
        for (index, record) in records.enumerated() {
            let found = RoomDelay.delays(from: records[index ^ 1].heard, to: record, since: began)
            delays += found.packets.map(\.milliseconds)
            free += found.packets.filter { stolen.isFree(at: $0.sent) }.map(\.milliseconds)
            lost += found.missed
        }
        guard !delays.isEmpty, lost * 100 <= delays.count else { throw BenchError("\(lost) packets did not come, \(delays.count) did") }
        let (through, beside) = (Distribution(delays), Distribution(loopback))
        let base = beside.percentile(0.5)
        let conditions =
            "from handing an RTP packet to the kernel to its lying in the listener's socket (the kernel's note), less \(Figure.text(base)) ms, the median "
            + "of loopback alone beside it (its p99 \(Figure.text(beside.percentile(0.99)))); \(Self.measuredRooms) rooms of two talkers, on a thread of "
            + "their own; \(delays.count) packets, \(lost) not found, \(plan.delayTime.components.seconds) s; the bridge at \(Figure.text(percent)) % of a "
            + "core by \(rooms.count) rooms of \(Self.loadCast.participants) of whom \(Self.loadCast.talkers) talk; longest \(Figure.text(through.longest - base))"
        var figures = [
            Figure("added_delay_forward_p50_ms", through.percentile(0.5) - base, "ms", conditions),
            Figure("added_delay_forward_p99_ms", through.percentile(0.99) - base, "ms", aim: 5, conditions),
        ]
        if !free.isEmpty {
            let own = Distribution(free)
            let share =
                "of the packets above the \(free.count) in whose last 750 ms no processor was taken away by the machine below; "
                + "that was so in \(Figure.text(stolen.freeShare * 100)) % of the time; longest \(Figure.text(own.longest - base))"
            figures.append(Figure("added_delay_forward_unstolen_p50_ms", own.percentile(0.5) - base, "ms", share))
            figures.append(Figure("added_delay_forward_unstolen_p99_ms", own.percentile(0.99) - base, "ms", share))
        }
        return figures
    }
}

/// How long numbered packets took.
enum RoomDelay {
    /// The very last ones may have no time to come.
    private static let rest = Duration.milliseconds(500)

    /// Every packet that was sent after `start`, when it was and how long it took, and how many did not come.
    static func delays(
        from speaker: HeardEcho, to listener: LegRecord, since start: Duration
    ) -> (packets: [(sent: Duration, milliseconds: Double)], missed: Int) {
        let end = (speaker.sent.last ?? start) - rest
        func counts(_ sent: Duration) -> Bool { sent >= start && sent < end }
        var packets: [(sent: Duration, milliseconds: Double)] = []
        for arrival in listener.arrivals {
            let index = arrival.number - speaker.firstPosition
            guard speaker.sent.indices.contains(index), counts(speaker.sent[index]) else { continue }
            packets.append((speaker.sent[index], (arrival.at - speaker.sent[index]).milliseconds))
        }
        return (packets, speaker.sent.count(where: counts) - packets.count)
    }
}

extension ProcessUsage {
    /// Of one core, from now on for `time`.
    func percent(over time: Duration) async throws -> Double {
        let (before, began) = (try processorTime(), MonotonicClock.now())
        try await Task.sleep(for: time)
        return (try processorTime() - before) / (MonotonicClock.now() - began) * 100
    }
}
