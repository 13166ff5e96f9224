import Linux
import Media

/// What the server adds to the way of the sound, in each direction.
struct AddedDelayMeasurement {
    let stage: CallStage
    let audio: NumberedAudio
    let plan: MeasurementPlan

    func figures() async throws -> [Figure] {
        try await BridgedCalls.whileUp(on: stage, audio: audio) { calls in try await figures(of: &calls) }
    }

    private func figures(of calls: inout BridgedCalls) async throws -> [Figure] {
        let marks = try OpusLoop.marks()
        let delay = try EchoDelay(marks: marks)
        try await calls.open(plan.delayLegs, on: stage, mode: .recording)
        let first = MonotonicClock.now() + .milliseconds(100)
        var phases = MixPhases()
        for (index, call) in calls.calls.enumerated() {
            // See `DelayMeasurement`: each distance between a packet and its room's frame is met once.
            call.visitor.speak(marks, from: first + .milliseconds((phases.assign() + index) % MixPhases.count), mode: .recording)
        }
        try await Task.sleep(for: plan.warmUp + plan.delayTime)
        let since = first + plan.warmUp
        var (forwarded, mixed): ([Double], [Double]) = ([], [])
        var (lost, missed) = (0, 0)
        var medians: [Double] = []
        for call in calls.calls {
            // The phone first: what it sends after it was read is not missed at the browser.
            let phone = try await stage.phones.record(of: call.number).heard
            let browser = try await call.visitor.heard()
            let forward = ForwardingDelay.delays(from: phone, to: browser, audio: audio, since: since)
            let marks = delay.delays(HeardEcho(sentBy: browser, heardBy: phone), since: since)
            forwarded += forward.milliseconds
            lost += forward.missed
            mixed += marks.milliseconds
            missed += marks.missed
            medians.append(Distribution(marks.milliseconds).percentile(0.5))
        }
        // A mark is missed when the playout had to stretch or conceal just there; a forwarded packet has no such excuse.
        guard !forwarded.isEmpty, !mixed.isEmpty, lost * 100 <= forwarded.count, missed * 10 <= mixed.count else {
            throw BenchError("of the phones' packets \(lost) did not come (\(forwarded.count) did), of the marks \(missed) (\(mixed.count) did)")
        }
        let calling = "\(plan.delayLegs) calls at once, \(plan.delayTime.components.seconds) s after \(plan.warmUp.components.seconds) s; loopback"
        return figures(
            "phone_to_browser", Distribution(forwarded), aim: 2,
            "from an RTP packet given to the phone's socket to the packet that carries its payload, read at the browser; \(forwarded.count) packets, "
                + "\(lost) not found; \(calling)")
            + figures(
                "browser_to_phone", Distribution(mixed), aim: 30,
                "from the packet that completes a frame to the packet at the phone that carries it; calls at all 1 ms phases between packet and frame; "
                    + "\(mixed.count) marks, \(missed) not found; the codec's look-ahead not counted; "
                    + "medians of the calls from \(Figure.text(medians.min() ?? .nan)) to \(Figure.text(medians.max() ?? .nan)); \(calling)")
    }

    private func figures(_ way: String, _ delays: Distribution, aim: Double, _ conditions: String) -> [Figure] {
        [
            Figure("added_delay_\(way)_p50_ms", delays.percentile(0.5), "ms", conditions),
            Figure("added_delay_\(way)_p95_ms", delays.percentile(0.95), "ms", aim: aim, "\(conditions); longest \(Figure.text(delays.longest))"),
        ]
    }
}
