/// What a leg sent and when, and what came back and when.
struct HeardEcho: Sendable {
    struct Packet: Sendable {
        var timestamp: UInt32
        var arrival: Duration
        /// Where its samples begin.
        var start: Int
        var count: Int
    }

    private(set) var sentPackets = 0
    private(set) var packetCount = 0
    /// By frame since `firstPosition`; only if audio is kept.
    private(set) var sent: [Duration] = []
    private(set) var firstPosition = 0
    private(set) var packets: [Packet] = []
    /// µ-law at 8 kHz, one packet after the other.
    private(set) var codes: [UInt8] = []
    private let keepsAudio: Bool

    /// Two minutes of audio are kept at most without growing.
    private static let frames = 6_000

    init(keepingAudio: Bool = false) {
        keepsAudio = keepingAudio
        guard keepingAudio else { return }
        sent.reserveCapacity(Self.frames)
        packets.reserveCapacity(Self.frames)
        codes.reserveCapacity(Self.frames * 160)
    }

    mutating func noteSent(position: Int, at time: Duration) {
        sentPackets += 1
        guard keepsAudio else { return }
        if sent.isEmpty { firstPosition = position }
        sent.append(time)
    }

    mutating func add(_ payload: ArraySlice<UInt8>, timestamp: UInt32, at time: Duration) {
        packetCount += 1
        guard keepsAudio else { return }
        packets.append(Packet(timestamp: timestamp, arrival: time, start: codes.count, count: payload.count))
        codes.append(contentsOf: payload)
    }
}
