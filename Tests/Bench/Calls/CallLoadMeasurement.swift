import Linux

/// What a call of a browser and a phone costs the bridge.
struct CallLoadMeasurement {
    private static let warmUp = Duration.seconds(5)

    let stage: CallStage
    let audio: NumberedAudio
    let speech: OpusLoop
    let bridge: ProcessUsage
    let count: Int
    let plan: MeasurementPlan

    func figures() async throws -> [Figure] {
        try await BridgedCalls.whileUp(on: stage, audio: audio) { calls in try await figures(of: &calls) }
    }

    private func figures(of calls: inout BridgedCalls) async throws -> [Figure] {
        try await calls.open(count, on: stage, mode: .counting)
        let first = MonotonicClock.now() + .milliseconds(100)
        for (index, call) in calls.calls.enumerated() {
            // People do not speak in time with each other.
            call.visitor.speak(speech, from: first + .microseconds(index * 20_000 / count), position: index * 37, mode: .counting)
        }
        try await Task.sleep(for: Self.warmUp)
        let packetsBefore = try await calls.packets(stage)
        let began = MonotonicClock.now()
        let before = try bridge.processorTime()
        try await Task.sleep(for: plan.loadTime)
        let used = try bridge.processorTime() - before
        let passed = MonotonicClock.now() - began
        let packets = try await calls.packets(stage) - packetsBefore
        try packets.requireSound()
        return [
            Figure(
                "bridge_cpu_percent_per_call_\(count)", used / passed * 100 / Double(count), "%", aim: 0.6,
                "of one core; user and system time of the whole bridge divided by calls; \(count) \(count == 1 ? "call" : "calls") of a browser (Opus "
                    + "32 kbit/s) and a phone behind a trunk (PCMU), \(plan.loadTime.components.seconds) s; \(packets)")
        ]
    }
}
