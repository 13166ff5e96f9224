import CLibOpus
import Media

/// Decodes Opus to mono at the listener's own rate, so that nothing has to be resampled.
public final class OpusAudioDecoder: AudioDecoder {
    public let sampleRate: Int
    private let decoder: OpaquePointer

    /// - Parameter sampleRate: 8,000, 12,000, 16,000, 24,000 or 48,000.
    public init(sampleRate: Int) throws(OpusError) {
        var code: Int32 = 0
        guard let decoder = opus_decoder_create(Int32(clamping: sampleRate), 1, &code) else { throw OpusError(code: code) }
        self.sampleRate = sampleRate
        self.decoder = decoder
    }

    deinit { opus_decoder_destroy(decoder) }

    public func decode(_ payload: Span<UInt8>, into samples: inout [Int16]) -> Int {
        payload.withUnsafeBufferPointer { bytes in
            guard let count = OpusFrameHeader.samples(in: bytes, at: Int32(sampleRate)), count <= longestFrame else { return 0 }
            return append(count, to: &samples, from: bytes, redundancy: false)
        }
    }

    public func recover(count: Int, from next: Span<UInt8>, into samples: inout [Int16]) -> Bool {
        next.withUnsafeBufferPointer { bytes in
            guard isFrameLength(count), OpusFrameHeader.hasRedundancy(bytes) else { return false }
            return append(count, to: &samples, from: bytes, redundancy: true) > 0
        }
    }

    public func conceal(count: Int, into samples: inout [Int16]) {
        var missing = max(0, count)
        while missing > 0 {
            // The decoder conceals whole steps of 2.5 ms; a rest is concealed in full and cut.
            let wanted = min(missing, longestFrame)
            let whole = (wanted + step - 1) / step * step
            let appended = append(whole, to: &samples, from: UnsafeBufferPointer(start: nil, count: 0), redundancy: false)
            if appended == 0 { samples.append(contentsOf: repeatElement(0, count: whole)) }
            samples.removeLast(whole - wanted)
            missing -= wanted
        }
    }

    public func duration(of payload: Span<UInt8>) -> Int? {
        payload.withUnsafeBufferPointer { OpusFrameHeader.samples(in: $0, at: Int32(sampleRate)) }
    }

    /// 2.5 ms, the shortest frame.
    private var step: Int { sampleRate / 400 }
    /// 120 ms, the longest packet (RFC 6716 section 3.2.5).
    private var longestFrame: Int { 48 * step }

    private func isFrameLength(_ count: Int) -> Bool { count > 0 && count <= longestFrame && count % step == 0 }

    /// Appends exactly `count` samples, or none.
    private func append(_ count: Int, to samples: inout [Int16], from bytes: UnsafeBufferPointer<UInt8>, redundancy: Bool) -> Int {
        let start = samples.count
        samples.append(contentsOf: repeatElement(0, count: count))
        let decoded = samples.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map {
                opus_decode(decoder, bytes.baseAddress, Int32(clamping: bytes.count), $0 + start, Int32(count), redundancy ? 1 : 0)
            } ?? 0
        }
        guard decoded == count else {
            samples.removeLast(count)
            return 0
        }
        return count
    }
}
