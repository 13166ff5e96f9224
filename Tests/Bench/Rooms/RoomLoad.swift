import Linux

/// What a room costs the bridge while it talks.
struct RoomLoad {
    /// How many there are, and how many of them talk.
    struct Cast: Sendable, Hashable {
        var participants: Int
        var talkers: Int

        /// As it is written in metrics: nothing where few talk.
        var suffix: String { "\(participants)\(talksAll ? "_all_talk" : "")" }
        var talksAll: Bool { talkers == participants }

        /// The two that are measured of each size.
        static func both(_ participants: Int) -> [Cast] {
            let few = min(3, participants)
            return [few, participants].reduce(into: []) { casts, talkers in
                let cast = Cast(participants: participants, talkers: talkers)
                if !casts.contains(cast) { casts.append(cast) }
            }
        }

        var description: String {
            talksAll ? "all \(participants) talk" : "\(talkers) of \(participants) talk, the others send 35 bytes of Opus silence (muted, DTX off)"
        }
    }

    struct Result {
        /// Of one core, of the whole bridge.
        var percent: Double
        /// The same of the web side, which tells pages who speaks and whom their sections carry.
        var apiPercent: Double
        var traffic: RoomTraffic
    }

    static let warmUp = Duration.seconds(5)

    let server: Server
    let generator: MediaGenerator
    let bridge: ProcessUsage
    let api: ProcessUsage
    let voices: Voices

    /// Opens the room, lets it talk for `time` after a warm-up, and closes it.
    func measure(_ cast: Cast, for time: Duration) async throws -> Result {
        try await BenchRoom.whileOpen(server, generator) { room in
            try await room.fill(cast.participants)
            room.speak(talkers: cast.talkers, voices.speech, voices.quiet, mode: .counting)
            // Who speaks is another than who came first: pages may be asked for sections once more.
            try await Task.sleep(for: Self.warmUp)
            try await room.settle()
            let counts = try await room.counts()
            let began = MonotonicClock.now()
            let (before, apiBefore) = (try bridge.processorTime(), try api.processorTime())
            try await Task.sleep(for: time)
            let (used, apiUsed) = (try bridge.processorTime() - before, try api.processorTime() - apiBefore)
            let passed = MonotonicClock.now() - began
            let later = try await room.counts()
            let traffic = RoomTraffic(talkers: cast.talkers, counts: zip(later, counts).map { $0 - $1 })
            try traffic.requireHeard()
            return Result(percent: used / passed * 100, apiPercent: apiUsed / passed * 100, traffic: traffic)
        }
    }
}

/// What participants say, encoded beforehand.
struct Voices: Sendable {
    /// Numbered, so that a talker's packets are told from silence wherever they are heard.
    let speech: OpusLoop
    let quiet: OpusLoop

    init() throws {
        var speech = try OpusLoop.speech(seconds: 20)
        speech.isNumbered = true
        self.speech = speech
        quiet = try OpusLoop.quiet()
    }
}
