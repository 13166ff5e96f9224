import CSpeexDSP

/// Changes the rate of prepared audio, an announcement for example; never of a live stream, which is decoded at its rate.
public enum Resampler {
    /// Converts mono samples in one piece, without the filter's delay: the result lasts as long as what came in.
    /// - Parameters:
    ///   - from: samples per second of what comes in, 1 to 384,000.
    ///   - to: samples per second of the result, 1 to 384,000.
    /// - Returns: `nil` if a rate is out of range or there is no memory.
    public static func convert(_ samples: [Int16], from: Int, to: Int) -> [Int16]? {
        guard (1...384_000).contains(from), (1...384_000).contains(to) else { return nil }
        guard from != to, !samples.isEmpty else { return samples }
        var code: Int32 = 0
        guard let resampler = speex_resampler_init(1, UInt32(from), UInt32(to), bestQuality, &code) else { return nil }
        defer { speex_resampler_destroy(resampler) }
        speex_resampler_skip_zeros(resampler)

        // What the filter still holds at the end comes out behind as much silence.
        let tail = [Int16](repeating: 0, count: Int(speex_resampler_get_input_latency(resampler)) + 1)
        let wanted = (samples.count * to + from / 2) / from
        var result: [Int16] = []
        result.reserveCapacity(wanted)
        for piece in [samples, tail] { convert(piece, with: resampler, into: &result) }
        if result.count < wanted { result.append(contentsOf: repeatElement(0, count: wanted - result.count)) }
        result.removeLast(result.count - wanted)
        return result
    }

    private static let bestQuality: Int32 = 10

    private static func convert(_ samples: [Int16], with resampler: OpaquePointer, into result: inout [Int16]) {
        var piece = [Int16](repeating: 0, count: 4096)
        samples.withUnsafeBufferPointer { input in
            guard let base = input.baseAddress else { return }
            var consumed = 0
            while consumed < input.count {
                var available = UInt32(clamping: min(input.count - consumed, 4096))
                var produced = UInt32(piece.count)
                let code = speex_resampler_process_int(resampler, 0, base + consumed, &available, &piece, &produced)
                guard code == 0, available > 0 || produced > 0 else { return }
                consumed += Int(available)
                result.append(contentsOf: piece.prefix(Int(produced)))
            }
        }
    }
}
