/// What a sender tells about its own stream: the middle of a sender report (RFC 3550 section 6.4.1).
public struct RTCPSenderInfo: Equatable, Sendable {
    public var ssrc: UInt32
    /// Wall-clock time of the report.
    public var ntp: NTPTimestamp
    /// The same moment in the stream's own clock.
    public var rtpTimestamp: UInt32
    public var packetCount: UInt32
    /// Bytes of payload, without header and padding.
    public var octetCount: UInt32

    static let length = 24

    public init(ssrc: UInt32, ntp: NTPTimestamp, rtpTimestamp: UInt32, packetCount: UInt32, octetCount: UInt32) {
        self.ssrc = ssrc
        self.ntp = ntp
        self.rtpTimestamp = rtpTimestamp
        self.packetCount = packetCount
        self.octetCount = octetCount
    }
}

/// What a receiver tells about one stream that it hears (RFC 3550 section 6.4.1).
public struct RTCPReportBlock: Equatable, Sendable {
    /// The stream that is reported on.
    public var ssrc: UInt32
    /// The part lost since the last report, in 256ths.
    public var fractionLost: UInt8
    /// Packets lost since the beginning, −2²³ to 2²³−1; negative after duplicates.
    public var cumulativeLost: Int32
    /// The highest sequence number, with the count of its rounds in the upper half.
    public var highestSequence: UInt32
    /// Interarrival jitter, in units of the stream's RTP clock.
    public var jitter: UInt32
    /// The middle 32 bits of the NTP time in the last sender report; 0 if there was none.
    public var lastSenderReport: UInt32
    /// Time since that report came, in 65,536ths of a second.
    public var delaySinceLastSenderReport: UInt32

    public init(
        ssrc: UInt32,
        fractionLost: UInt8,
        cumulativeLost: Int32,
        highestSequence: UInt32,
        jitter: UInt32,
        lastSenderReport: UInt32,
        delaySinceLastSenderReport: UInt32
    ) {
        self.ssrc = ssrc
        self.fractionLost = fractionLost
        self.cumulativeLost = cumulativeLost
        self.highestSequence = highestSequence
        self.jitter = jitter
        self.lastSenderReport = lastSenderReport
        self.delaySinceLastSenderReport = delaySinceLastSenderReport
    }
}

extension RTCPReportBlock: RTCPEntry {
    public static let length = 24

    public init(_ bytes: Span<UInt8>, at offset: Int) {
        ssrc = bytes.uint32(at: offset)
        fractionLost = bytes[offset + 4]
        // 24 bits with a sign: shifted up to the sign of 32 bits and back.
        cumulativeLost = Int32(truncatingIfNeeded: bytes.uint24(at: offset + 5) << 8) >> 8
        highestSequence = bytes.uint32(at: offset + 8)
        jitter = bytes.uint32(at: offset + 12)
        lastSenderReport = bytes.uint32(at: offset + 16)
        delaySinceLastSenderReport = bytes.uint32(at: offset + 20)
    }
}
