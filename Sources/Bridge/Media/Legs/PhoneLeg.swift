import RTP

/// The phone side of a room: a continuous RTP stream of the room's mix out, the phone's own stream in.
///
/// The same for every far end: the built-in numbers are phones whose far end is internal, not a short cut.
public final class PhoneLeg {
    public let id: LegID
    /// What the phone speaks and hears.
    public let codec: AudioCodec
    private let encoder: any AudioEncoder
    private let farEnd: any FarEnd
    private let payloadType: UInt8
    private let ssrc: UInt32
    private var sequenceNumber: UInt16
    private var timestamp: UInt32
    private var first = true
    private var packet: [UInt8] = []
    private var reply: [UInt8] = []

    /// What the phone says, for the other phones of the room.
    var playouts = SourcePlayouts()
    /// How loud the phone is, for the speaker display.
    var level = LevelMeter()
    private(set) var reception = ReceptionStatistics(clockRate: 8_000)

    /// - Parameter generator: where the SSRC and the first numbers come from (RFC 3550 section 5.1).
    public init(id: LegID, codec: AudioCodec, encoder: any AudioEncoder, farEnd: any FarEnd, generator: inout some RandomNumberGenerator) {
        self.id = id
        self.codec = codec
        self.encoder = encoder
        self.farEnd = farEnd
        payloadType = codec.telephonePayloadType
        ssrc = .random(in: .min ... .max, using: &generator)
        sequenceNumber = .random(in: .min ... .max, using: &generator)
        timestamp = .random(in: .min ... .max, using: &generator)
        packet.reserveCapacity(512)
        reply.reserveCapacity(512)
    }

    /// Samples per second of the mix that this phone is given.
    public var sampleRate: Int { encoder.sampleRate }

    /// Sends one mixed frame of 20 ms, and hands on what the phone says.
    ///
    /// - Parameter said: called with the phone's RTP packet, at most once.
    func exchange(_ mix: [Int16], now: Duration, said: (_ packet: [UInt8], _ header: RTPHeader) -> Void) -> FarEndProgress {
        packet.removeAll(keepingCapacity: true)
        RTPHeader.write(
            payloadType: payloadType, marker: first, sequenceNumber: sequenceNumber, timestamp: timestamp, ssrc: ssrc, to: &packet)
        first = false
        encoder.encode(mix, into: &packet)
        sequenceNumber &+= 1
        // The RTP clock of all telephone codecs is 8 kHz, of G.722 too (RFC 3551 section 4.5.2).
        timestamp &+= 160
        reply.removeAll(keepingCapacity: true)
        let progress = farEnd.exchange(packet, reply: &reply)
        if !reply.isEmpty, let header = RTPHeader(reply.span) {
            _ = reception.receive(sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, now: now)
            said(reply, header)
        }
        return progress
    }
}
