import Linux

/// What a room of the same voices costs Janus' AudioBridge.
struct JanusLoad {
    private static let allowedLoss = 0.01

    let api: JanusAPI
    let usage: ProcessUsage
    let generator: MediaGenerator
    let voices: Voices

    /// Of one core, of the whole process.
    func percent(_ cast: RoomLoad.Cast, for time: Duration) async throws -> Double {
        let room = try await JanusRoom.open(cast.participants, api: api, generator: generator)
        let result: Result<Double, any Error>
        do {
            result = .success(try await percent(room, cast, for: time))
        } catch {
            result = .failure(error)
        }
        await room.close()
        return try result.get()
    }

    private func percent(_ room: JanusRoom, _ cast: RoomLoad.Cast, for time: Duration) async throws -> Double {
        let first = MonotonicClock.now() + .milliseconds(100)
        for (index, leg) in room.legs.enumerated() {
            generator.speak(
                leg, index < cast.talkers ? voices.speech : voices.quiet, from: first + .microseconds(index * 20_000 / room.legs.count),
                position: index * 37, mode: .counting)
        }
        try await Task.sleep(for: RoomLoad.warmUp)
        let counts = try await generator.records(room.legs).map(\.count)
        let began = MonotonicClock.now()
        let before = try usage.processorTime()
        try await Task.sleep(for: time)
        let used = try usage.processorTime() - before
        let passed = MonotonicClock.now() - began
        let heard = zip(try await generator.records(room.legs).map(\.count), counts).map { $0 - $1 }
        // Everybody gets one mix, as often as he sends.
        let worst = heard.map { Double($0.heard) / Double(max($0.sent, 1)) }.min() ?? 0
        guard worst >= 1 - Self.allowedLoss else {
            throw BenchError("packets of Janus' mix are missing: one participant had \(Figure.text(worst * 100)) % of them")
        }
        return used / passed * 100
    }
}
