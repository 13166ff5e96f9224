/// From a page's join frame to its encrypted media connection.
struct JoinMeasurement {
    let server: Server
    let generator: MediaGenerator
    let plan: MeasurementPlan

    func figures() async throws -> [Figure] {
        var times: [Double] = []
        for _ in 0..<plan.joins {
            let visitor = try await Visitor.join(server, generator: generator)
            times.append(visitor.joinTime.milliseconds)
            await visitor.leave()
        }
        let distribution = Distribution(times)
        let conditions = "\(plan.joins) joins, one after the other, each into a new room: join frame, welcome, offer, answer, ICE, DTLS established"
        return [
            Figure("join_to_media_ms_p50", distribution.percentile(0.5), "ms", conditions),
            Figure("join_to_media_ms_p95", distribution.percentile(0.95), "ms", conditions),
        ]
    }
}
