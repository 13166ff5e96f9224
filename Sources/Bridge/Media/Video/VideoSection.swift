import RTP

/// One section in which a browser sees somebody: the section's own stream, whoever that is.
struct VideoSection {
    /// Bytes a second that are sent again to one section, and at once: a picture's worth. Who asks for more has lost more than that helps.
    private static let repeatedRate = 250_000
    private static let repeatedBurst = 120_000
    /// The same at least on a path that is known to be narrow: some packets of each picture.
    private static let leastBurst = 20_000

    let mid: String
    /// As the last answer has it; `nil` while the browser does not look.
    var stream: VideoSendStream?
    var forwarder: Forwarder
    var statistics: SenderStatistics
    /// Whose picture is shown here now; what comes of another is not for this section.
    private(set) var source: VideoSourceID?
    /// Nothing can be decoded before a whole picture.
    private(set) var awaitsKeyframe = true
    private var retransmissionNumber: UInt16
    /// Numbers that were used and packets that were sent, up to the last report of the browser, and what it had lost then.
    private var reported: (numbers: Int64, sent: UInt64, lost: Int64, highest: UInt32)?
    private var repeatable = repeatedBurst
    private var repeatedAt: Duration?

    init(mid: String, stream: VideoSendStream, generator: inout some RandomNumberGenerator) {
        self.mid = mid
        self.stream = stream
        // Below half of the range, so that a receiver's first roll-over is far away (RFC 3711 section 3.3.1).
        forwarder = Forwarder(
            clockRate: Int(VideoCodec.clockRate), firstSequence: .random(in: 0..<0x8000, using: &generator),
            firstTimestamp: .random(in: .min ... .max, using: &generator), marksTalkspurts: false,
            largestMisorder: Int16(PacketCache.capacity))
        retransmissionNumber = .random(in: 0..<0x8000, using: &generator)
        statistics = SenderStatistics(clockRate: Int(VideoCodec.clockRate))
    }

    /// Shows another picture, or none.
    mutating func show(_ source: VideoSourceID?) {
        guard source != self.source else { return }
        self.source = source
        awaitsKeyframe = true
        // What was sent of the former one cannot be asked for in the new one's cache.
        forwarder.interrupt()
    }

    /// The heading under which a packet of `source` goes out here; `nil` as long as it would not be understood.
    mutating func heading(of seen: VideoSource.Seen, now: Duration) -> (payloadType: UInt8, heading: Forwarder.Heading)? {
        guard let payloadType = stream?.format(of: seen.codec)?.payloadType else { return nil }
        // Another stream of the same source: nothing of the former one helps to decode it.
        if !forwarder.follows(seen.header.ssrc) { awaitsKeyframe = true }
        if awaitsKeyframe {
            guard seen.beginsKeyframe else { return nil }
            awaitsKeyframe = false
            forwarder.interrupt()
        }
        let header = seen.header
        guard
            let heading = forwarder.forward(
                ssrc: header.ssrc, sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, marker: header.marker,
                isRepetition: seen.isRepetition, now: now)
        else { return nil }
        return (payloadType, heading)
    }

    /// What the path has lost since the last report, without what was missing when it came here.
    mutating func loss(_ block: RTCPReportBlock) -> (lost: Int64, of: Int64)? {
        let now = (numbers: forwarder.numbersUsed, sent: statistics.packetCount, lost: Int64(block.cumulativeLost), highest: block.highestSequence)
        defer { reported = now }
        guard let reported else { return nil }
        let holes = (now.numbers &- reported.numbers) &- Int64(clamping: now.sent &- reported.sent)
        let expected = Int64(Int32(bitPattern: now.highest &- reported.highest))
        guard expected > 0 else { return nil }
        return (max((now.lost &- reported.lost) &- max(holes, 0), 0), expected)
    }

    /// Whether `bytes` may be sent again now.
    ///
    /// - Parameter path: bits per second that the browser's path carries, as far as that is known; half of it may be for what is sent again.
    ///   More would be lost with the rest on a path that is too narrow already, and the voices with it.
    mutating func mayRepeat(_ bytes: Int, path: UInt64?, now: Duration) -> Bool {
        let rate = path.map { min(Int(clamping: max($0, VideoBudget.smallRate) / 16), Self.repeatedRate) } ?? Self.repeatedRate
        let burst = path == nil ? Self.repeatedBurst : min(max(rate, Self.leastBurst), Self.repeatedBurst)
        let passed = min(now - (repeatedAt ?? now), .seconds(1))
        repeatable = min(repeatable + Int(passed.wholeMilliseconds) * rate / 1_000, burst)
        repeatedAt = now
        guard repeatable >= bytes else { return false }
        repeatable -= bytes
        return true
    }

    mutating func nextRetransmissionNumber() -> UInt16 {
        defer { retransmissionNumber &+= 1 }
        return retransmissionNumber
    }
}
