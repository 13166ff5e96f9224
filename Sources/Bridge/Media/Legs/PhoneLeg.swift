import ICE
import RTP

/// The phone side of a room: a continuous RTP stream of the room's mix out, the phone's own stream in.
///
/// The same for every far end: the built-in numbers are phones whose far end is internal, not a short cut.
public final class PhoneLeg {
    /// Who is behind it.
    enum FarSide {
        /// One of our own making, which is asked every 20 ms.
        case `internal`(any FarEnd)
        /// A phone, which sends when it likes.
        case rtp(RTPPeer)
    }

    public let id: LegID
    /// What the phone hears.
    public private(set) var codec: AudioCodec
    private var encoder: any AudioEncoder
    private var farSide: FarSide
    private var payloadType: UInt8
    let ssrc: UInt32
    private var sequenceNumber: UInt16
    private var timestamp: UInt32
    /// The next packet starts a talkspurt: the first one, and the first after a pause (RFC 3551 section 4.1).
    private var marker = true
    private var packet: [UInt8] = []
    private var reply: [UInt8] = []

    /// What it says is counted, and heard by nobody.
    var isMuted = false
    /// What the phone says, for the other phones of the room.
    var playouts = SourcePlayouts()
    /// How loud the phone is, for the speaker display.
    var level = LevelMeter()
    /// When it last said something.
    var lastSaid: Duration?
    /// The codec and source of what it says, for those playouts.
    private(set) var saidCodec: AudioCodec
    private var saidSource: UInt32?
    private var allowance = PacketAllowance()
    private(set) var reception = ReceptionStatistics(clockRate: 8_000)
    /// Of the sources before the one that speaks now.
    private var formerReception: (received: Int64, lost: Int64) = (0, 0)
    /// What is keyed to it, and when the event that is under way began.
    private var keys = TelephoneKeys()
    private var keyTimestamp: UInt32 = 0

    /// - Parameter generator: where the SSRC and the first numbers come from (RFC 3550 section 5.1).
    init(
        id: LegID, format: PayloadFormat, encoder: any AudioEncoder, farSide: FarSide, generator: inout some RandomNumberGenerator
    ) {
        self.id = id
        codec = format.codec
        saidCodec = format.codec
        payloadType = format.payloadType
        self.encoder = encoder
        self.farSide = farSide
        ssrc = .random(in: .min ... .max, using: &generator)
        sequenceNumber = .random(in: .min ... .max, using: &generator)
        timestamp = .random(in: .min ... .max, using: &generator)
        packet.reserveCapacity(512)
        reply.reserveCapacity(512)
    }

    /// Samples per second of the mix that this phone is given.
    public var sampleRate: Int { encoder.sampleRate }

    /// What was agreed on with a real phone.
    var media: TelephoneMedia? {
        if case .rtp(let peer) = farSide { peer.media } else { nil }
    }

    // MARK: The mix out

    /// Sends one mixed frame of 20 ms: to the phone, or to the far end of our own making, whose answer `said` is given.
    func exchange(
        _ mix: [Int16], now: Duration, into batch: inout PacketBatch, said: (_ packet: [UInt8], _ header: RTPHeader) -> Void
    ) -> FarEndProgress {
        defer {
            sequenceNumber &+= 1
            // The RTP clock of all telephone codecs is 8 kHz, of G.722 too (RFC 3551 section 4.5.2).
            timestamp &+= 160
        }
        switch farSide {
        case .internal(let farEnd):
            packet.removeAll(keepingCapacity: true)
            write(mix, to: &packet)
            reply.removeAll(keepingCapacity: true)
            let progress = farEnd.exchange(packet, reply: &reply)
            if !reply.isEmpty, let header = RTPHeader(reply.span) {
                _ = reception.receive(sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, now: now)
                said(reply, header)
            }
            return progress
        case .rtp(var peer):
            guard let path = peer.path else {
                // On hold it hears nothing. Numbers go on: the far end must see a pause, not a step back.
                sequenceNumber &-= 1
                marker = true
                return .talking
            }
            // An event takes the place of the sound (RFC 4733 section 2.5.1.1).
            let key = peer.media.telephoneEvent.flatMap { payloadType in keys.next().map { (payloadType, $0) } }
            batch.append(on: path) { arena, start in
                if let (payloadType, key) = key { write(key, payloadType, to: &arena) } else { write(mix, to: &arena) }
                peer.count(
                    payloadLength: arena.count - start - RTPHeader.fixedLength, timestamp: key == nil ? timestamp : keyTimestamp, now: now)
                return true
            }
            farSide = .rtp(peer)
            return .talking
        }
    }

    private func write(_ mix: [Int16], to packet: inout [UInt8]) {
        RTPHeader.write(
            payloadType: payloadType, marker: marker, sequenceNumber: sequenceNumber, timestamp: timestamp, ssrc: ssrc, to: &packet)
        marker = false
        encoder.encode(mix, into: &packet)
    }

    private func write(_ key: TelephoneKeys.Frame, _ payloadType: UInt8, to packet: inout [UInt8]) {
        // All packets of an event have the time at which it began.
        if key.isFirst { keyTimestamp = timestamp }
        RTPHeader.write(
            payloadType: payloadType, marker: key.isFirst, sequenceNumber: sequenceNumber, timestamp: keyTimestamp, ssrc: ssrc, to: &packet)
        key.append(to: &packet)
        marker = true
    }

    // MARK: Keys

    /// What came of keying.
    public enum Keying: Equatable, Sendable {
        case taken
        /// The far end takes no telephone-events.
        case notNegotiated
        /// Too much waits already.
        case full
    }

    func press(_ steps: [TelephoneKey]) -> Keying {
        guard media?.telephoneEvent != nil else { return .notNegotiated }
        return keys.add(steps) ? .taken : .full
    }

    // MARK: A real phone

    /// `nil` for a far end of our own making.
    var statistics: PhoneStatistics? {
        guard case .rtp(let peer) = farSide else { return nil }
        return PhoneStatistics(
            received: formerReception.received &+ reception.received, lost: formerReception.lost &+ reception.lost, jitter: reception.jitter,
            sent: peer.sent.packetCount, reported: peer.sent.report.map { ($0.cumulativeLost, .microseconds(Int64($0.jitter) * 125)) },
            roundTrip: peer.sent.roundTrip)
    }

    /// A new offer and answer.
    ///
    /// - Parameter encoder: for its codec; `nil` if that is the same as before.
    func agree(on media: TelephoneMedia, encoder: (any AudioEncoder)?, isReoffered: Bool, now: Duration) {
        guard case .rtp(var peer) = farSide else { return }
        let wasOnHold = peer.isOnHold
        peer.agree(on: media, isReoffered: isReoffered, now: now)
        farSide = .rtp(peer)
        // Whatever it says after a hold has nothing to do with what it said before.
        if wasOnHold != peer.isOnHold { playouts.restart() }
        payloadType = media.format.payloadType
        codec = media.format.codec
        if let encoder { self.encoder = encoder }
    }

    /// What a packet of the phone is to the room.
    enum Said {
        case audio(RTPHeader, AudioCodec)
        /// Not for the room: telephone-event, comfort noise, the music of a hold. Its number is to be closed up.
        case removed(RTPHeader)
        /// Not the phone's, or nothing that was agreed on.
        case nothing
    }

    /// Takes an RTP packet that came to this leg's port.
    func receive(_ packet: [UInt8], from remote: TransportAddress, now: Duration) -> Said {
        guard case .rtp(var peer) = farSide, let header = RTPHeader(packet.span), !header.payload.isEmpty else { return .nothing }
        let codec = peer.codec(of: header.payloadType)
        let isEvent = header.payloadType == peer.media.telephoneEvent || header.payloadType == StaticPayloadType.comfortNoise.rawValue
        // Only what was agreed on can prove an address.
        guard codec != nil || isEvent, peer.accepts(remote, now: now), allowance.take(now: now) else { return .nothing }
        farSide = .rtp(peer)
        guard peer.media.direction.receives else { return .nothing }
        if header.ssrc != saidSource {
            saidSource = header.ssrc
            formerReception = (formerReception.received &+ reception.received, formerReception.lost &+ reception.lost)
            reception = ReceptionStatistics(clockRate: 8_000)
            playouts.restart()
        }
        _ = reception.receive(sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, now: now)
        guard let codec, !peer.isOnHold, header.payload.count <= Self.longestPayload else { return .removed(header) }
        if codec != saidCodec {
            saidCodec = codec
            playouts.drop()
        }
        return .audio(header, codec)
    }

    /// 100 ms of G.711: more than any phone packs, and it fits every browser's packet.
    private static let longestPayload = 800

    func receiveControl(_ packet: [UInt8], from remote: TransportAddress, now: Duration, arrival: NTPTimestamp) {
        // Reports may come from another port than the media; what counts is that the source they speak of is ours.
        guard case .rtp(var peer) = farSide else { return }
        let info = peer.receiveControl(packet.span, ssrc: ssrc, arrival: arrival)
        farSide = .rtp(peer)
        if let info, info.ssrc == saidSource { reception.receive(info, now: now) }
    }

    /// Sends the report that is due.
    func report(cname: [UInt8], now: Duration, wallClock: NTPTimestamp, into batch: inout PacketBatch) {
        guard case .rtp(var peer) = farSide, let path = peer.takeReportPath(now: now) else { return }
        farSide = .rtp(peer)
        let info = peer.sent.senderInfo(ssrc: ssrc, ntp: wallClock, now: now)
        let blocks = reportBlocks(now: now)
        batch.append(on: path) { arena, _ in
            if let info {
                RTCPWriter.appendSenderReport(info, blocks: blocks, to: &arena)
            } else {
                RTCPWriter.appendReceiverReport(sender: ssrc, blocks: blocks, to: &arena)
            }
            RTCPWriter.appendCanonicalName(cname, of: ssrc, to: &arena)
            return true
        }
    }

    /// Says goodbye in RTCP (RFC 3550 section 6.6), as far as there is anybody to hear it.
    func farewell(cname: [UInt8], now: Duration, into batch: inout PacketBatch) {
        guard case .rtp(let peer) = farSide, let path = peer.farewellPath else { return }
        let blocks = reportBlocks(now: now)
        batch.append(on: path) { arena, _ in
            RTCPWriter.appendReceiverReport(sender: ssrc, blocks: blocks, to: &arena)
            RTCPWriter.appendCanonicalName(cname, of: ssrc, to: &arena)
            RTCPWriter.appendBye(ssrc, to: &arena)
            return true
        }
    }

    private func reportBlocks(now: Duration) -> [RTCPReportBlock] {
        saidSource.flatMap { reception.reportBlock(ssrc: $0, now: now) }.map { [$0] } ?? []
    }
}
