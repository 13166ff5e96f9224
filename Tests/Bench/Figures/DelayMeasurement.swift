import Linux
import Media

/// The time that the whole chain adds to a browser's own voice: decode, mix, phone leg, echo, and back.
struct DelayMeasurement {
    let server: Server
    let generator: MediaGenerator
    let plan: MeasurementPlan

    func figures() async throws -> [Figure] {
        let marks = try OpusLoop.marks()
        let delay = try EchoDelay(marks: marks)
        let legs = try await Legs.open(plan.delayLegs, server: server, generator: generator)
        let first = MonotonicClock.now() + .milliseconds(100)
        var phases = MixPhases()
        for (index, visitor) in legs.visitors.enumerated() {
            // The bridge spreads rooms over its phases in this order, so that each distance between a packet and its room's frame
            // is met once, in steps of a millisecond.
            visitor.speak(marks, from: first + .milliseconds((phases.assign() + index) % MixPhases.count), mode: .recording)
        }
        try await Task.sleep(for: plan.warmUp + plan.delayTime)
        var all: [Double] = []
        var missed = 0
        for visitor in legs.visitors {
            let (delays, lost) = delay.delays(try await visitor.heard(), since: first + plan.warmUp)
            all += delays
            missed += lost
        }
        await legs.leave()
        let distribution = Distribution(all)
        guard distribution.count > 0 else { throw BenchError("no mark came back") }
        let conditions =
            "\(plan.delayLegs) echo calls at once, at all 1 ms phases between packet and frame, \(plan.delayTime.components.seconds) s after "
            + "\(plan.warmUp.components.seconds) s; \(distribution.count) marks, \(missed) not found; loopback; the codec's look-ahead not counted"
        return [
            Figure("echo_round_trip_added_ms_p50", distribution.percentile(0.5), "ms", conditions),
            Figure("echo_round_trip_added_ms_p95", distribution.percentile(0.95), "ms", aim: 60, conditions),
            Figure("echo_round_trip_added_ms_max", distribution.longest, "ms", conditions),
        ]
    }
}
