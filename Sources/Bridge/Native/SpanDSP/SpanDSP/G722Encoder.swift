import CSpanDSP
import Media

/// Encodes 16,000 samples per second to G.722 at 64 kbit/s.
public final class G722Encoder: AudioEncoder {
    public let sampleRate = 16_000
    private let encoder: OpaquePointer

    /// - Returns: `nil` only if there is no memory.
    public init?() {
        guard let encoder = g722_encode_init(nil, 64_000, 0) else { return nil }
        self.encoder = encoder
    }

    deinit { g722_encode_free(encoder) }

    /// A last sample without its pair, which is half a byte, is left out.
    public func encode(_ frame: [Int16], into payload: inout [UInt8]) {
        let count = frame.count / 2
        let start = payload.count
        payload.append(contentsOf: repeatElement(0, count: count))
        payload.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { _ = g722_encode(encoder, base + start, frame, Int32(count * 2)) }
        }
    }
}
