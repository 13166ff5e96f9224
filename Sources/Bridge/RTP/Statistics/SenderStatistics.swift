/// What is known about one sent stream: what went out, and what its receiver says became of it (RFC 3550 section 6.4).
public struct SenderStatistics: Sendable {
    /// RTP timestamp units per second.
    public let clockRate: Int
    public private(set) var packetCount: UInt64 = 0
    /// Bytes of payload.
    public private(set) var octetCount: UInt64 = 0
    /// The last report block of the receiver.
    public private(set) var report: RTCPReportBlock?
    /// The last round-trip time that could be told.
    public private(set) var roundTrip: Duration?
    private var last: (timestamp: UInt32, sent: Duration)?

    /// - Parameter clockRate: RTP timestamp units per second, at least 1.
    public init(clockRate: Int) {
        self.clockRate = max(1, clockRate)
    }

    /// Counts one sent packet.
    public mutating func send(payloadLength: Int, timestamp: UInt32, now: Duration) {
        packetCount &+= 1
        octetCount &+= UInt64(clamping: payloadLength)
        // A late packet is older than the newest, and no clock to go by.
        if let last, Int32(bitPattern: timestamp &- last.timestamp) < 0, now - last.sent < .seconds(1) { return }
        last = (timestamp, now)
    }

    /// Takes the block that a receiver sent about this stream.
    /// - Parameter arrival: when it came, by the clock of the sender reports.
    public mutating func receive(_ block: RTCPReportBlock, arrival: NTPTimestamp) {
        report = block
        roundTrip = RoundTrip.time(from: block, arrival: arrival) ?? roundTrip
    }

    /// The sender's part of a report at `now`, which the wall clock calls `ntp`.
    /// - Returns: `nil` before the first packet, when only a receiver report is due.
    public func senderInfo(ssrc: UInt32, ntp: NTPTimestamp, now: Duration) -> RTCPSenderInfo? {
        guard let last else { return nil }
        // The stream's clock has gone on since its last packet (RFC 3550 section 6.4.1).
        let passed = (now - last.sent).ticks(rate: clockRate)
        return RTCPSenderInfo(
            ssrc: ssrc,
            ntp: ntp,
            rtpTimestamp: last.timestamp &+ UInt32(truncatingIfNeeded: passed),
            packetCount: UInt32(truncatingIfNeeded: packetCount),
            octetCount: UInt32(truncatingIfNeeded: octetCount)
        )
    }
}
