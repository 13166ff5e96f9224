import Linux

/// What a call keeps of the bridge's memory.
struct CallMemoryMeasurement {
    private static let settling = Duration.seconds(5)

    let stage: CallStage
    let audio: NumberedAudio
    let speech: OpusLoop
    let bridge: ProcessUsage
    let plan: MeasurementPlan

    func figures() async throws -> [Figure] {
        try await BridgedCalls.whileUp(on: stage, audio: audio) { calls in try await figures(of: &calls) }
    }

    private func figures(of calls: inout BridgedCalls) async throws -> [Figure] {
        let (few, many) = plan.memoryCalls
        let before = try await memory(of: &calls, few)
        let after = try await memory(of: &calls, many)
        let packetsBefore = try await calls.packets(stage)
        try await Task.sleep(for: Self.settling)
        let packets = try await calls.packets(stage) - packetsBefore
        try packets.requireSound()
        let conditions =
            "growth of the bridge from \(few) to \(many) calls, divided; first calls of a fresh start, \(Self.settling.components.seconds) s after the last "
            + "was answered; in the \(Self.settling.components.seconds) s after that \(packets)"
        func figure(_ metric: String, _ kind: String, _ from: Double, _ to: Double, aim: Double?) -> Figure {
            let range = "\(Figure.text(from)) to \(Figure.text(to)) MiB"
            return Figure(metric, (to - from) * 1024 / Double(many - few), "KiB", aim: aim, "\(kind), \(range); \(conditions)")
        }
        return [
            figure("bridge_memory_kb_per_call", "RSS", before.resident, after.resident, aim: 200),
            figure("bridge_memory_pss_kb_per_call", "PSS", before.proportional, after.proportional, aim: nil),
        ]
    }

    /// The bridge's memory with `count` calls that are up and speak.
    private func memory(of calls: inout BridgedCalls, _ count: Int) async throws -> (resident: Double, proportional: Double) {
        let known = calls.calls.count
        try await calls.open(count - known, on: stage, mode: .counting)
        for call in calls.calls.dropFirst(known) { call.visitor.speak(speech, from: MonotonicClock.now(), mode: .counting) }
        try await Task.sleep(for: Self.settling)
        return try bridge.memory()
    }
}
