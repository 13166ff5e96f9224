/// Our rooms beside Janus', in alternating rounds of the same voices.
struct JanusMeasurement {
    let load: RoomLoad
    let janus: JanusLoad
    let cast: RoomLoad.Cast
    let plan: MeasurementPlan

    func figures() async throws -> [Figure] {
        var (ours, theirs): ([Double], [Double]) = ([], [])
        for _ in 0..<plan.rounds {
            ours.append(try await load.measure(cast, for: plan.roundTime).percent)
            theirs.append(try await janus.percent(cast, for: plan.roundTime))
        }
        let (our, their) = (Distribution(ours).percentile(0.5), Distribution(theirs).percentile(0.5))
        let suffix = cast.suffix
        let conditions =
            "medians of \(plan.rounds) alternating rounds of \(plan.roundTime.components.seconds) s; ours \(Self.list(ours)), Janus \(Self.list(theirs)) % of a "
            + "core; one room, \(cast.description); the same Opus packets; Janus' AudioBridge decodes, mixes at 48 kHz and encodes for everybody, over plain "
            + "RTP without SRTP; ours forwards with SRTP and does not mix"
        return [
            Figure("janus_cpu_percent_per_audio_participant_\(suffix)", their / Double(cast.participants), "%", "the whole process; \(conditions)"),
            Figure("ratio_to_janus_cpu_\(suffix)", our / their, "", aim: suffix == "50" ? 0.15 : nil, conditions),
        ]
    }

    private static func list(_ values: [Double]) -> String { values.map(Figure.text).joined(separator: ", ") }
}
