import Linux

/// What a participant keeps of the bridge's memory.
struct RoomMemoryMeasurement {
    private static let settling = Duration.seconds(5)
    private static let talkers = 3

    let load: RoomLoad
    let plan: MeasurementPlan

    func figures() async throws -> [Figure] {
        let (few, many) = plan.memoryCalls
        return try await BenchRoom.whileOpen(load.server, load.generator) { room in
            let before = try await memory(of: &room, few)
            let after = try await memory(of: &room, many)
            let counts = try await room.counts()
            try await Task.sleep(for: Self.settling)
            let traffic = RoomTraffic(talkers: Self.talkers, counts: zip(try await room.counts(), counts).map { $0 - $1 })
            try traffic.requireHeard()
            let conditions =
                "growth of the bridge from \(few) to \(many) participants of one room, divided; \(Self.talkers) talk; the first room of a fresh start, "
                + "\(Self.settling.components.seconds) s after the last came; \(traffic)"
            func figure(_ metric: String, _ kind: String, _ from: Double, _ to: Double) -> Figure {
                Figure(
                    metric, (to - from) * 1024 / Double(many - few), "KiB", "\(kind), \(Figure.text(from)) to \(Figure.text(to)) MiB; \(conditions)")
            }
            return [
                figure("memory_kb_per_participant", "RSS", before.resident, after.resident),
                figure("memory_pss_kb_per_participant", "PSS", before.proportional, after.proportional),
            ]
        }
    }

    private func memory(of room: inout BenchRoom, _ count: Int) async throws -> (resident: Double, proportional: Double) {
        try await room.fill(count)
        room.speak(talkers: Self.talkers, load.voices.speech, load.voices.quiet, mode: .counting)
        try await Task.sleep(for: Self.settling)
        return try load.bridge.memory()
    }
}
