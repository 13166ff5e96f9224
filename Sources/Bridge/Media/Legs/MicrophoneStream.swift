import RTP

/// What one browser says: its reception, its level, and its playouts while phones listen.
struct MicrophoneStream {
    private(set) var ssrc: UInt32?
    private(set) var codec: AudioCodec = .opus
    private(set) var reception: ReceptionStatistics?
    var playouts = SourcePlayouts()
    var level = LevelMeter()
    /// When the last packet came.
    private(set) var lastPacket: Duration?
    /// When a packet last held more than silence, as far as the browser says.
    private var soundedAt: Duration?
    /// Silence that is forwarded after the last sound, so that no listener's ear is cut off from a word's end.
    private static let silencePatience = Duration.seconds(1)

    /// Takes one decrypted packet of the microphone's section; one that is not to be heard is counted only.
    mutating func receive(_ packet: [UInt8], _ header: RTPHeader, codec: AudioCodec, level dBov: UInt8?, isHeard: Bool, now: Duration) {
        if ssrc != header.ssrc || codec != self.codec {
            // A decoder belongs to its codec; a new SSRC is a new stream for the one there is.
            if codec != self.codec { playouts.drop() } else { playouts.restart() }
            ssrc = header.ssrc
            self.codec = codec
            reception = ReceptionStatistics(clockRate: Int(codec.clockRate), minimumRun: 1)
        }
        _ = reception?.receive(sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, now: now)
        guard isHeard else { return }
        lastPacket = now
        if let dBov { level.update(dBov) }
        if dBov != Self.silence { soundedAt = now }
        playouts.insert(packet, header, now: now)
    }

    /// The level of a microphone that is switched off (RFC 6464 section 3): the browser goes on sending, and there is nothing in it.
    private static let silence: UInt8 = 127

    /// Whether there has been nothing to hear for so long that it need not be forwarded.
    func isSilent(now: Duration) -> Bool { soundedAt.map { now - $0 > Self.silencePatience } ?? true }

    /// Takes the browser's sender report, which the next report block answers.
    mutating func receive(_ info: RTCPSenderInfo, now: Duration) {
        if info.ssrc == ssrc { reception?.receive(info, now: now) }
    }

    /// What the browser is told about its stream; `nil` before there is anything to tell.
    mutating func reportBlock(now: Duration) -> RTCPReportBlock? {
        guard let ssrc else { return nil }
        return reception?.reportBlock(ssrc: ssrc, now: now)
    }
}
