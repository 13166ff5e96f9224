import RTP

/// What a leg receives in the sections where it hears and sees browsers.
struct ReceivedStreams {
    struct Stream {
        var isVideo: Bool
        var reception: ReceptionStatistics
        var pictures = PictureReception()
    }

    private(set) var heard = 0
    private(set) var heardVoiced = 0
    private(set) var seen: [UInt32: Int] = [:]
    private(set) var arrivals: [(number: Int, at: Duration)] = []
    private(set) var firstKey: Duration?
    private var streams: [UInt32: Stream] = [:]

    /// From now on only what comes from now on counts.
    mutating func restart() {
        (heard, heardVoiced, seen) = (0, 0, [:])
        arrivals.removeAll(keepingCapacity: true)
    }

    /// Takes a packet of Opus.
    mutating func hear(_ packet: [UInt8], _ header: RTPHeader, isRecording: Bool, now: Duration) {
        note(header, clockRate: 48_000, isVideo: false, now: now)
        heard += 1
        guard let number = NumberedOpus.number(in: packet[header.payload]) else { return }
        heardVoiced += 1
        if isRecording { arrivals.append((number, now)) }
    }

    /// Takes a packet of VP8.
    /// - Returns: whether its sender is to be asked for a key frame.
    mutating func see(_ packet: [UInt8], _ header: RTPHeader, now: Duration) -> Bool {
        note(header, clockRate: 90_000, isVideo: true, now: now)
        seen[header.ssrc, default: 0] += 1
        let isAsked =
            streams[header.ssrc]?.pictures.receive(
                packet[header.payload], sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, marker: header.marker, now: now) ?? false
        if firstKey == nil { firstKey = streams[header.ssrc]?.pictures.firstKey }
        return isAsked
    }

    private mutating func note(_ header: RTPHeader, clockRate: Int, isVideo: Bool, now: Duration) {
        streams[header.ssrc, default: Stream(isVideo: isVideo, reception: ReceptionStatistics(clockRate: clockRate, minimumRun: 1))]
            .reception.receiveOnce(header, now: now)
    }

    /// Takes a sender's report, which the next block answers.
    mutating func receive(_ info: RTCPSenderInfo, now: Duration) { streams[info.ssrc]?.reception.receive(info, now: now) }

    /// A block for each stream, and the sources of those that are video.
    mutating func report(now: Duration) -> (blocks: [RTCPReportBlock], video: [UInt32]) {
        var blocks: [RTCPReportBlock] = []
        for source in streams.keys {
            if let block = streams[source]?.reception.reportBlock(ssrc: source, now: now) { blocks.append(block) }
        }
        return (blocks, streams.filter(\.value.isVideo).map(\.key))
    }
}

extension ReceptionStatistics {
    fileprivate mutating func receiveOnce(_ header: RTPHeader, now: Duration) {
        _ = receive(sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, now: now)
    }
}
