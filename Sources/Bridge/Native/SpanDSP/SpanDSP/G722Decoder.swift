import CSpanDSP
import Media

/// Decodes G.722 at 64 kbit/s: 16,000 samples per second, though its RTP clock counts 8,000 (RFC 3551 section 4.5.2).
public final class G722Decoder: AudioDecoder {
    public let sampleRate = 16_000
    private let decoder: OpaquePointer
    private let concealment: UnsafeMutablePointer<plc_state_t>

    /// - Returns: `nil` only if there is no memory.
    public init?() {
        guard let decoder = g722_decode_init(nil, 64_000, 0) else { return nil }
        guard let concealment = plc_init(nil) else {
            g722_decode_free(decoder)
            return nil
        }
        self.decoder = decoder
        self.concealment = concealment
    }

    deinit {
        g722_decode_free(decoder)
        plc_free(concealment)
    }

    public func decode(_ payload: Span<UInt8>, into samples: inout [Int16]) -> Int {
        guard let count = duration(of: payload) else { return 0 }
        return payload.withUnsafeBufferPointer { bytes in
            append(count, to: &samples) { buffer in
                g722_decode(decoder, buffer, bytes.baseAddress, Int32(bytes.count))
                // Remembers what was heard for a gap to come, and blends the end of one into what follows.
                plc_rx(concealment, buffer, Int32(count))
            }
            return count
        }
    }

    /// G.722 repeats nothing.
    public func recover(count: Int, from next: Span<UInt8>, into samples: inout [Int16]) -> Bool { false }

    public func conceal(count: Int, into samples: inout [Int16]) {
        guard count > 0, count <= Self.longestGap else {
            samples.append(contentsOf: repeatElement(0, count: max(0, count)))
            return
        }
        append(count, to: &samples) { buffer in _ = plc_fillin(concealment, buffer, Int32(count)) }
    }

    /// Two samples for every byte.
    public func duration(of payload: Span<UInt8>) -> Int? {
        payload.isEmpty || payload.count > Self.longestPayload ? nil : payload.count * 2
    }

    /// Bytes: 120 ms, the longest packet time in use.
    private static let longestPayload = 960
    /// Samples of one call; what is concealed has faded to nothing long before.
    private static let longestGap = 16_000

    private func append(_ count: Int, to samples: inout [Int16], _ fill: (UnsafeMutablePointer<Int16>) -> Void) {
        let start = samples.count
        samples.append(contentsOf: repeatElement(0, count: count))
        samples.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { fill(base + start) }
        }
    }
}
