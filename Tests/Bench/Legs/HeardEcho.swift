/// What a leg or a phone sent and when, and what it heard and when.
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
    /// Packets that are not silence throughout.
    private(set) var soundingCount = 0
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

    /// What one end sent, with what the other end of its call heard.
    init(sentBy sender: HeardEcho, heardBy listener: HeardEcho) {
        self = listener
        sentPackets = sender.sentPackets
        sent = sender.sent
        firstPosition = sender.firstPosition
    }

    /// The samples of one packet.
    func codes(of packet: Packet) -> ArraySlice<UInt8> { codes[packet.start..<packet.start + packet.count] }

    mutating func noteSent(position: Int, at time: Duration) {
        sentPackets += 1
        guard keepsAudio else { return }
        if sent.isEmpty { firstPosition = position }
        sent.append(time)
    }

    mutating func add(_ payload: ArraySlice<UInt8>, timestamp: UInt32, at time: Duration) {
        packetCount += 1
        if let first = payload.first, payload.contains(where: { $0 != first }) { soundingCount += 1 }
        guard keepsAudio else { return }
        packets.append(Packet(timestamp: timestamp, arrival: time, start: codes.count, count: payload.count))
        codes.append(contentsOf: payload)
    }
}
