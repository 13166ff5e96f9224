import Media

/// What a participant of an audio room costs the bridge.
struct RoomLoadMeasurement {
    let load: RoomLoad
    let cast: RoomLoad.Cast
    let plan: MeasurementPlan

    func figures() async throws -> [Figure] {
        let result = try await load.measure(cast, for: plan.loadTime)
        return [
            Figure(
                "bridge_cpu_percent_per_audio_participant_\(cast.suffix)", result.percent / Double(cast.participants), "%",
                aim: cast.talksAll ? nil : 0.25,
                "of one core; user and system time of the whole bridge divided by participants; one room, \(cast.description); at most "
                    + "\(AudibleSources.limit) voices forwarded, Opus 32 kbit/s, SRTP both ways; \(plan.loadTime.components.seconds) s; "
                    + "\(result.traffic); the web side beside it \(Figure.text(result.apiPercent)) % of a core")
        ]
    }
}
