import Linux

/// How long somebody who comes in waits for the picture of who is there.
struct FirstPictureMeasurement {
    let load: RoomLoad
    let plan: MeasurementPlan

    func figures() async throws -> [Figure] {
        let times = try await BenchRoom.whileOpen(load.server, load.generator) { room in
            try await room.fill(1)
            for participant in room.participants { participant.film(from: MonotonicClock.now()) }
            var times: [Double] = []
            for _ in 0..<plan.pictureJoins { times.append(try await time(in: room)) }
            return times
        }
        let distribution = Distribution(times)
        let conditions =
            "from the join frame to the last packet of the first whole key frame; \(plan.pictureJoins) joins, one after the other, into a room in which one "
            + "camera sends 500 kbit/s; a key frame when it is asked for, at most every \(CameraPacing.shortestBetweenKeys.milliseconds) ms, or every "
            + "\(CameraPacing.longestWithoutKey.components.seconds) s; the WebSocket is open before; loopback; longest \(Figure.text(distribution.longest))"
        return [
            Figure("join_to_first_frame_ms_p50", distribution.percentile(0.5), "ms", conditions),
            Figure("join_to_first_frame_ms_p95", distribution.percentile(0.95), "ms", aim: 700, conditions),
        ]
    }

    private func time(in room: BenchRoom) async throws -> Double {
        let participant = try await room.join()
        let result: Result<Double, any Error>
        do {
            try await room.awaitPictures(of: [participant])
            guard let at = try await load.generator.records([participant.leg])[0].firstKey else { throw BenchError("the picture is gone") }
            result = .success((at - participant.began).milliseconds)
        } catch {
            result = .failure(error)
        }
        await participant.leave()
        return try result.get()
    }
}
