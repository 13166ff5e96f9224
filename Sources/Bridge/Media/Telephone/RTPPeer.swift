import ICE
import RTP

/// The far end of a phone leg that is a real phone: an RTP session over a port pair of our own (RFC 3550).
public struct RTPPeer {
    /// Reports go out every five seconds (RFC 3550 section 6.2).
    private static let reportInterval = Duration.seconds(5)

    /// Our RTP port and the address it is reached at; RTCP is one port higher.
    public let local: TransportAddress
    public private(set) var media: TelephoneMedia
    /// Whether it has taken audio of ours in this call: before that it cannot put us on hold, only speak to us.
    private var hasTakenAudio: Bool
    private let latches: Bool
    private var latch: RTPLatch?
    private var nextReport: Duration
    private(set) var sent = SenderStatistics(clockRate: 8_000)

    init(local: TransportAddress, media: TelephoneMedia, latches: Bool, now: Duration) {
        self.local = local
        self.media = media
        hasTakenAudio = !media.isHeld
        self.latches = latches
        nextReport = now + Self.reportInterval
        latch = media.remote.map { RTPLatch(signalled: $0, isAllowed: latches, now: now) }
    }

    /// Another answer to our offer (the 200 after a 183), or an offer in the call: the address is to be proven again if it changed, and
    /// after an offer in the call the phone may be found elsewhere also if it did not.
    mutating func agree(on media: TelephoneMedia, isReoffered: Bool, now: Duration) {
        if media.remote != self.media.remote {
            latch = media.remote.map { RTPLatch(signalled: $0, isAllowed: latches, now: now) }
        } else if isReoffered {
            latch?.renew(now: now)
        }
        self.media = media
        if !media.isHeld { hasTakenAudio = true }
    }

    /// Whether the phone has put us on hold (RFC 3264 section 8.4): what it sends now is music for us, and not for the room.
    var isOnHold: Bool { hasTakenAudio && media.isHeld }

    /// The path of our RTP; `nil` while the phone takes none.
    var path: TransportPath? {
        guard media.direction.sends, let latch else { return nil }
        return TransportPath(local: local, remote: latch.target)
    }

    /// Whether a packet from there is the phone's.
    mutating func accepts(_ remote: TransportAddress, now: Duration) -> Bool { latch?.accepts(remote, now: now) ?? false }

    /// The codec of a payload type that was agreed on.
    func codec(of payloadType: UInt8) -> AudioCodec? { media.accepted.first { $0.payloadType == payloadType }?.codec }

    mutating func count(payloadLength: Int, timestamp: UInt32, now: Duration) {
        sent.send(payloadLength: payloadLength, timestamp: timestamp, now: now)
    }

    /// Takes a compound RTCP packet of the phone.
    mutating func receiveControl(_ packet: Span<UInt8>, ssrc: UInt32, arrival: NTPTimestamp) -> RTCPSenderInfo? {
        var cursor = RTCPCursor()
        var info: RTCPSenderInfo?
        var statistics = sent
        while let next = cursor.next(in: packet) {
            let blocks: RTCPEntries<RTCPReportBlock>
            switch next {
            case .senderReport(let sender, let reported): (info, blocks) = (sender, reported)
            case .receiverReport(_, let reported): blocks = reported
            default: continue
            }
            blocks.forEach(in: packet) { if $0.ssrc == ssrc { statistics.receive($0, arrival: arrival) } }
        }
        sent = statistics
        return info
    }

    /// The path of the report that is due now, if one is.
    mutating func takeReportPath(now: Duration) -> TransportPath? {
        guard nextReport <= now, let remote = media.remoteControl else { return nil }
        nextReport = now + Self.reportInterval
        return controlPath(to: remote)
    }

    /// The path of a farewell.
    var farewellPath: TransportPath? { media.remoteControl.map(controlPath(to:)) }

    private func controlPath(to remote: TransportAddress) -> TransportPath {
        var control = local
        control.port &+= 1
        return TransportPath(local: control, remote: remote)
    }
}
