import RTP

/// What a leg's camera sends: one stream of VP8.
struct CameraStream {
    private static let clockRate = 90_000

    let ssrc: UInt32
    var next: Duration
    var pacing: CameraPacing
    private(set) var statistics = SenderStatistics(clockRate: clockRate)
    private let first: Duration
    private let firstTimestamp: UInt32
    private var sequenceNumber: UInt16

    init(ssrc: UInt32, first: Duration, random: inout some RandomNumberGenerator) {
        self.ssrc = ssrc
        self.first = first
        next = first
        pacing = CameraPacing(firstPictureID: random.next())
        firstTimestamp = random.next()
        sequenceNumber = random.next()
    }

    /// Appends the packet at `index` of a picture that was taken at `taken`.
    mutating func append(_ index: Int, of frame: VP8Frame, taken: Duration, to bytes: inout [UInt8]) {
        let timestamp = firstTimestamp &+ UInt32(truncatingIfNeeded: Int((taken - first) / .microseconds(1)) * Self.clockRate / 1_000_000)
        RTPHeader.write(
            payloadType: BrowserOffer.vp8, marker: index == frame.packetCount - 1, sequenceNumber: sequenceNumber, timestamp: timestamp, ssrc: ssrc,
            extensions: RTPOutgoingExtensions(mid: .init(id: BrowserOffer.midID, bytes: Array(BrowserOffer.camera.utf8))), to: &bytes)
        frame.appendPayload(index, to: &bytes)
        statistics.send(payloadLength: VP8Frame.payloadLength, timestamp: timestamp, now: taken)
        sequenceNumber &+= 1
    }
}
