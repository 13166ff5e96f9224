import RTP

/// The far end of 601: a phone that speaks prepared samples, then hangs up (or starts again).
public final class AnnouncementFarEnd: FarEnd {
    /// Samples of one packet: 20 ms at 8 kHz.
    private static let frame = 160

    /// Samples of a day.
    private static let longest = 86_400 * 8_000

    private static let silence = G711.muLaw.encode(0)

    private let speech: [UInt8]
    private let loop: Bool
    private let limit: Int
    private let ssrc: UInt32
    private var sequenceNumber: UInt16
    private var timestamp: UInt32
    private var position: Int
    private var sent = 0

    /// - Parameters:
    ///   - speech: µ-law samples at 8 kHz, prepared before the call was answered.
    ///   - leadSilence: samples of silence before the first word.
    ///   - limit: samples after which it hangs up in any case.
    public init(speech: [UInt8], leadSilence: Int, loop: Bool, limit: Int, ssrc: UInt32, firstSequence: UInt16, firstTimestamp: UInt32) {
        self.speech = speech
        self.loop = loop
        self.limit = min(limit, Self.longest)
        self.ssrc = ssrc
        sequenceNumber = firstSequence
        timestamp = firstTimestamp
        // Both come from a command: what is absurd is cut, so that no sum below can overflow.
        position = -min(max(leadSilence, 0), Self.longest)
    }

    public func exchange(_ packet: [UInt8], reply: inout [UInt8]) -> FarEndProgress {
        if position >= speech.count, loop, !speech.isEmpty { position = 0 }
        guard position < speech.count, sent < limit else { return .hungUp }
        RTPHeader.write(
            payloadType: StaticPayloadType.pcmu.rawValue, marker: sent == 0, sequenceNumber: sequenceNumber, timestamp: timestamp, ssrc: ssrc,
            to: &reply)
        for index in position..<position + Self.frame {
            reply.append(speech.indices.contains(index) ? speech[index] : Self.silence)
        }
        position += Self.frame
        sent += Self.frame
        sequenceNumber &+= 1
        timestamp &+= UInt32(Self.frame)
        return .talking
    }
}
