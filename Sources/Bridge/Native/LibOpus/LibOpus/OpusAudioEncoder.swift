import CLibOpus
import Media

/// Encodes mono samples to Opus.
public final class OpusAudioEncoder: AudioEncoder {
    /// What the encoder is to favour.
    public enum Application: Sendable {
        /// Speech at low rates, with redundancy against loss.
        case voice
        /// Anything at 32 kbit/s and more, a third of the work; has no redundancy.
        case audio
    }

    public let sampleRate: Int
    private let encoder: OpaquePointer

    /// - Parameters:
    ///   - sampleRate: 8,000, 12,000, 16,000, 24,000 or 48,000.
    ///   - bitrate: bits per second, 6,000 to 510,000.
    ///   - complexity: 0 to 10; work grows about sevenfold.
    public init(sampleRate: Int, application: Application = .voice, bitrate: Int, complexity: Int = 5) throws(OpusError) {
        let mode = application == .voice ? OPUS_APPLICATION_VOIP : OPUS_APPLICATION_AUDIO
        var code: Int32 = 0
        guard let encoder = opus_encoder_create(Int32(clamping: sampleRate), 1, mode, &code) else { throw OpusError(code: code) }
        self.sampleRate = sampleRate
        self.encoder = encoder
        try set(OPUS_SET_BITRATE_REQUEST, bitrate)
        try set(OPUS_SET_COMPLEXITY_REQUEST, complexity)
        try set(OPUS_SET_SIGNAL_REQUEST, application == .voice ? Int(OPUS_SIGNAL_VOICE) : Int(OPUS_AUTO))
    }

    deinit { opus_encoder_destroy(encoder) }

    /// Sets how much redundancy each packet carries for the one before it.
    /// - Parameter percent: the loss to expect; 0 switches the redundancy off.
    public func expectLoss(percent: Int) throws(OpusError) {
        try set(OPUS_SET_PACKET_LOSS_PERC_REQUEST, min(max(percent, 0), 100))
        try set(OPUS_SET_INBAND_FEC_REQUEST, percent > 0 ? 1 : 0)
    }

    /// - Parameter bitsPerSecond: 6,000 to 510,000.
    public func setBitrate(_ bitsPerSecond: Int) throws(OpusError) { try set(OPUS_SET_BITRATE_REQUEST, bitsPerSecond) }

    /// - Parameter complexity: 0 to 10; to be lowered under load.
    public func setComplexity(_ complexity: Int) throws(OpusError) { try set(OPUS_SET_COMPLEXITY_REQUEST, complexity) }

    public func encode(_ frame: [Int16], into payload: inout [UInt8]) {
        let start = payload.count
        payload.append(contentsOf: repeatElement(0, count: Self.longestPayload))
        let written = payload.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map {
                opus_encode(encoder, frame, Int32(clamping: frame.count), $0 + start, Int32(Self.longestPayload))
            } ?? 0
        }
        // A frame of a length that Opus does not know is refused by the encoder, and leaves nothing.
        payload.removeLast(Self.longestPayload - max(0, Int(written)))
    }

    /// One frame of Opus with its header byte (RFC 6716 section 3.4).
    private static let longestPayload = 1276

    private func set(_ request: Int32, _ value: Int) throws(OpusError) {
        let code = clibopus_set(encoder, request, Int32(clamping: value))
        guard code == OPUS_OK else { throw OpusError(code: code) }
    }
}
