import Linux

/// What a call costs the bridge.
struct LoadMeasurement {
    let server: Server
    let generator: MediaGenerator
    let bridge: ProcessUsage
    let speech: OpusLoop
    let legs: Int
    let plan: MeasurementPlan

    private static let warmUp = Duration.seconds(5)

    func figures() async throws -> [Figure] {
        let calls = try await Legs.open(legs, server: server, generator: generator)
        let first = MonotonicClock.now() + .milliseconds(100)
        for (index, visitor) in calls.visitors.enumerated() {
            // People do not speak in time with each other.
            visitor.speak(speech, from: first + .microseconds(index * 20_000 / legs), position: index * 37, mode: .counting)
        }
        try await Task.sleep(for: Self.warmUp)
        let packetsBefore = try await calls.packets()
        let began = MonotonicClock.now()
        let before = try bridge.processorTime()
        try await Task.sleep(for: plan.loadTime)
        let used = try bridge.processorTime() - before
        let passed = MonotonicClock.now() - began
        let packets = try await calls.packets()
        await calls.leave()
        let sent = packets.sent - packetsBefore.sent
        let back = packets.heard - packetsBefore.heard
        return [
            Figure(
                "bridge_cpu_percent_per_leg_\(legs)", used / passed * 100 / Double(legs), "%", aim: 0.6,
                "of one core; user and system time of the whole bridge divided by legs; \(legs) \(legs == 1 ? "leg" : "legs"), each a room with an "
                    + "echo call, Opus 32 kbit/s in, PCMU back, \(plan.loadTime.components.seconds) s; \(back) packets back of \(sent) sent")
        ]
    }
}
