import Linux

/// How many video streams one core forwards.
struct VideoLoadMeasurement {
    private static let look = Duration.seconds(4)

    let load: RoomLoad
    let plan: MeasurementPlan

    func figures() async throws -> [Figure] {
        var rooms = VideoRooms(load: load)
        let result: Result<[Figure], any Error>
        do {
            result = .success(try await figures(of: &rooms))
        } catch {
            result = .failure(error)
        }
        await rooms.close()
        return try result.get()
    }

    private func figures(of rooms: inout VideoRooms) async throws -> [Figure] {
        var steps: [(streams: Int, percent: Double)] = []
        var ramp = LoadRamp(wanted: plan.loadPercent)
        var more = 1
        while more > 0 {
            try await rooms.open(more)
            try await Task.sleep(for: Self.look)
            let percent = try await load.bridge.percent(over: Self.look)
            steps.append((rooms.streams, percent))
            more = try ramp.more(than: rooms.count, percent: percent)
        }
        let counts = try await rooms.counts()
        let percent = try await load.bridge.percent(over: plan.loadTime)
        let (seen, expected) = try rooms.requireSeen(since: counts, until: try await rooms.counts())
        guard let first = steps.first, steps.count > 1 else { throw BenchError("one room alone loads the bridge by \(Figure.text(percent)) %") }
        let slope = (percent - first.percent) / Double(rooms.streams - first.streams)
        guard slope > 0 else { throw BenchError("more streams do not cost more: the machine is too busy") }
        let streams = Double(rooms.streams) + (100 - percent) / slope
        let way = steps.map { "\($0.streams) at \(Figure.text($0.percent)) %" }.joined(separator: ", ")
        return [
            Figure(
                "forwarded_500kbps_video_streams_per_core", streams, "", atLeast: 600,
                "extrapolated to one core from \(rooms.streams) streams at \(Figure.text(percent)) % of it, with the slope from \(first.streams) streams; "
                    + "rooms of \(VideoRooms.participants), all cameras on, microphones silent (no packets), VP8 of \(VP8Frame.payloadLength)-byte payloads, "
                    + "SRTP both ways, loopback; \(plan.loadTime.components.seconds) s; \(seen) packets seen of \(expected); on the way \(way)")
        ]
    }
}
