import RTP

/// One picture that a browser sends: how it arrives, what of it is missed, and what is kept of it for those who miss it themselves.
final class VideoSource {
    /// Until a whole picture that did not come is asked for again; within twice this there are two requests at most, whoever asks: each
    /// costs its sender, and all who see it, a burst.
    static let keyframeInterval = Duration.milliseconds(500)

    let id: VideoSourceID
    let mid: String
    /// Announced in the offer; where none was, learned from the first packet with the section's MID.
    private(set) var ssrc: UInt32?
    /// In which its packets are sent again.
    private var retransmissionSSRC: UInt32?
    var formats: [VideoFormat]
    private(set) var codec: VideoCodec?
    private(set) var reception: ReceptionStatistics
    private var missing = MissingPackets()
    var cache = PacketCache()
    private var rate = BitrateMeter()
    /// When the last packet came.
    private(set) var lastPacket: Duration?
    private var allowance = PacketAllowance.picture
    private var wantsKeyframe = false
    /// When a whole picture was asked for last, and the time before that.
    private var keyframeAsked: (last: Duration, before: Duration?)?
    /// Whether one has come since.
    private var keyframeCame = false
    private var adoptedAt: Duration?
    private var fullIntraNumber: UInt8 = 0

    /// - Parameter announced: the stream's SSRC and that of its retransmissions, as far as the offer names them.
    init(id: VideoSourceID, mid: String, announced: [UInt32], formats: [VideoFormat]) {
        self.id = id
        self.mid = mid
        self.formats = formats
        ssrc = announced.first
        retransmissionSSRC = announced.dropFirst().first
        reception = Self.freshReception
    }

    private static var freshReception: ReceptionStatistics { ReceptionStatistics(clockRate: Int(VideoCodec.clockRate), minimumRun: 1) }

    /// Whether a packet of that type could be of this picture.
    func takes(_ payloadType: UInt8) -> Bool {
        formats.contains { $0.payloadType == payloadType || $0.retransmissionType == payloadType }
    }

    func codec(of payloadType: UInt8) -> VideoCodec? { formats.first { $0.payloadType == payloadType }?.codec }

    /// Whether a packet with that SSRC is of this picture.
    func owns(_ ssrc: UInt32) -> Bool { ssrc == self.ssrc || ssrc == retransmissionSSRC }

    /// A packet that names this section came with an SSRC that the offer did not announce.
    func adopt(_ header: RTPHeader, now: Duration) {
        if let adoptedAt, now - adoptedAt < .seconds(1) { return }
        adoptedAt = now
        if formats.contains(where: { $0.retransmissionType == header.payloadType }) {
            retransmissionSSRC = header.ssrc
        } else if ssrc != header.ssrc {
            restart(ssrc: header.ssrc)
        }
    }

    /// What a packet is to those who see this picture.
    struct Seen {
        var header: RTPHeader
        var codec: VideoCodec
        var beginsKeyframe: Bool
        /// It was lost on the way here, and sent again.
        var isRepetition: Bool
        /// Nothing but padding, by which a browser tries how much its path carries.
        var isPadding: Bool { header.payload.isEmpty }
    }

    /// Takes a packet, in place: one that was sent again becomes the one that it repeats.
    ///
    /// - Returns: `nil` if it is nothing that could be forwarded: padding, a codec that was not agreed on, a repetition of nothing.
    func receive(_ packet: inout [UInt8], _ header: RTPHeader, now: Duration) -> Seen? {
        guard allowance.take(now: now) else { return nil }
        var header = header
        var isRepetition = false
        if let format = formats.first(where: { $0.retransmissionType == header.payloadType }) {
            guard let ssrc, let original = Retransmission.restore(&packet, header, payloadType: format.payloadType, ssrc: ssrc) else { return nil }
            header = original
            isRepetition = true
        }
        guard let codec = formats.first(where: { $0.payloadType == header.payloadType })?.codec else { return nil }
        self.codec = codec
        lastPacket = now
        rate.count(packet.count, now: now)
        missing.found(header.sequenceNumber)
        // What was sent again heals the picture, not the statistics: they say what the path loses (RFC 4588 section 7.1).
        if !isRepetition { note(reception.receive(sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, now: now), header, now: now) }
        let seen = Seen(
            header: header, codec: codec, beginsKeyframe: codec.beginsKeyframe(packet.span.extracting(header.payload)), isRepetition: isRepetition)
        if seen.isPadding { return seen }
        cache.store(packet, sequenceNumber: header.sequenceNumber)
        if seen.beginsKeyframe, !isRepetition {
            // What was asked for is here, and what is missed of older pictures is of no use any more.
            wantsKeyframe = false
            keyframeCame = true
            missing.removeAll()
        }
        return seen
    }

    private func note(_ verdict: SequenceVerdict, _ header: RTPHeader, now: Duration) {
        switch verdict {
        case .newest(let skipped) where skipped > 0:
            if !missing.miss(skipped, before: header.sequenceNumber, now: now) { wantsKeyframe = true }
        case .restarted:
            missing.removeAll()
            cache.removeAll()
        case .probation, .newest, .late, .stray: break
        }
    }

    /// Another stream in the same section: the browser has begun anew.
    private func restart(ssrc: UInt32) {
        self.ssrc = ssrc
        reception = Self.freshReception
        missing.removeAll()
        cache.removeAll()
    }

    func receive(_ info: RTCPSenderInfo, now: Duration) {
        if info.ssrc == ssrc { reception.receive(info, now: now) }
    }

    func bitsPerSecond(now: Duration) -> UInt64 { rate.bitsPerSecond(now: now) }

    func reportBlock(now: Duration) -> RTCPReportBlock? { ssrc.flatMap { reception.reportBlock(ssrc: $0, now: now) } }

    /// The picture is off: nothing of it is kept.
    func rest() {
        missing.removeAll()
        cache.removeAll()
        wantsKeyframe = false
    }

    // MARK: What its sender is asked for

    /// Somebody needs a whole picture.
    func askForKeyframe() { wantsKeyframe = true }

    /// Writes what is to be asked of the sender now.
    ///
    /// - Parameter sender: the SSRC that our reports come from.
    /// - Returns: whether anything was written.
    func appendRequests(sender: UInt32, roundTrip: Duration, now: Duration, to arena: inout [UInt8]) -> Bool {
        guard let ssrc else { return false }
        var gaveUp = false
        let requests = missing.due(now: now, roundTrip: roundTrip, gaveUp: &gaveUp)
        if gaveUp { wantsKeyframe = true }
        let asksForKeyframe = wantsKeyframe && mayAskForKeyframe(now: now)
        guard asksForKeyframe || !requests.isEmpty else { return false }
        // A compound packet begins with a report (RFC 3550 section 6.1).
        RTCPWriter.appendReceiverReport(sender: sender, to: &arena)
        if !requests.isEmpty { RTCPWriter.appendMissing(requests, sender: sender, media: ssrc, to: &arena) }
        guard asksForKeyframe else { return true }
        wantsKeyframe = false
        keyframeAsked = (now, keyframeAsked?.last)
        keyframeCame = false
        let format = formats.first { $0.codec == codec } ?? formats.first
        if format?.feedback.contains("nack pli") ?? true {
            RTCPWriter.appendPictureLoss(sender: sender, media: ssrc, to: &arena)
        } else {
            fullIntraNumber &+= 1
            RTCPWriter.appendFullIntra(RTCPFullIntraEntry(ssrc: ssrc, sequenceNumber: fullIntraNumber), sender: sender, to: &arena)
        }
        return true
    }

    /// Whether `appendRequests` would find anything: looked at for each packet.
    func hasRequests(now: Duration) -> Bool {
        !missing.isEmpty || wantsKeyframe && mayAskForKeyframe(now: now)
    }

    private func mayAskForKeyframe(now: Duration) -> Bool {
        guard let keyframeAsked else { return true }
        if let before = keyframeAsked.before, now - before < Self.keyframeInterval * 2 { return false }
        return keyframeCame || now - keyframeAsked.last >= Self.keyframeInterval
    }
}
