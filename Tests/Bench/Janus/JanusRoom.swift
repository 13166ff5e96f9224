import Linux

/// A room of Janus' AudioBridge, with participants that speak plain RTP.
struct JanusRoom {
    private static let firstPort: UInt16 = 30_000
    private static let joining = Duration.seconds(20)
    private static let plugin = "janus.plugin.audiobridge"

    private struct Create: Encodable {
        var request = "create"
        var room: UInt32
        var sampling_rate = 48_000
        var audiolevel_event = false
        var allow_rtp_participants = true
    }

    private struct Join: Encodable {
        struct Media: Encodable {
            var ip = "127.0.0.1"
            var port: UInt16
            var payload_type = Int(BrowserOffer.opus)
        }

        var request = "join"
        var room: UInt32
        var display = "Bench"
        var codec = "opus"
        var rtp: Media
    }

    private let api: JanusAPI
    private let session: String
    private let generator: MediaGenerator
    private(set) var legs: [UInt64] = []

    /// Opens a room and lets `count` join.
    static func open(_ count: Int, api: JanusAPI, generator: MediaGenerator) async throws -> JanusRoom {
        let session = "/\(try await api.make("create", at: ""))"
        var room = JanusRoom(api: api, session: session, generator: generator, legs: [])
        do {
            try await room.fill(count)
        } catch {
            await room.close()
            throw error
        }
        return room
    }

    private mutating func fill(_ count: Int) async throws {
        let room = UInt32.random(in: 1...999_999)
        let owner = try await attach()
        try await api.message(Create(room: room), at: "\(session)/\(owner)")
        var handles: [UInt64] = []
        for index in 0..<count {
            let handle = try await attach()
            handles.append(handle)
            try await api.message(Join(room: room, rtp: .init(port: Self.localPort(index))), at: "\(session)/\(handle)")
        }
        let ports = try await ports(of: handles)
        for (index, port) in ports.enumerated() {
            let (leg, _) = try await generator.open { established in
                LegPlan(
                    network: .plain(localPort: Self.localPort(index), remote: SocketAddress(ipv4: 0x7F00_0001, port: port)),
                    ssrc: .random(in: 1 ... .max), established: established)
            }
            legs.append(leg)
        }
    }

    private func attach() async throws -> UInt64 { try await api.make("attach", at: session, plugin: Self.plugin) }

    private static func localPort(_ index: Int) -> UInt16 { firstPort + 2 * UInt16(index) }

    /// Where each of `handles` is to send to, as the room says when it has joined.
    private func ports(of handles: [UInt64]) async throws -> [UInt16] {
        var ports: [UInt64: UInt16] = [:]
        let giveUp = MonotonicClock.now() + Self.joining
        while ports.count < handles.count {
            guard MonotonicClock.now() < giveUp else { throw BenchError("only \(ports.count) of \(handles.count) joined Janus' room") }
            for event in try await api.events(of: session, atMost: 50) {
                guard let sender = event.sender, let data = event.plugindata?.data else { continue }
                if let error = data.error { throw BenchError("Janus refused: \(error)") }
                if data.audiobridge == "joined", let port = data.rtp?.port { ports[sender] = port }
            }
        }
        return try handles.map { handle in
            guard let port = ports[handle] else { throw BenchError("a participant of Janus' room has no port") }
            return port
        }
    }

    func close() async {
        for leg in legs { generator.close(leg) }
        // Its handles and its room go with it.
        try? await api.destroy(session)
    }
}
