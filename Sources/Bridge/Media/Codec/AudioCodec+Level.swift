extension AudioCodec {
    /// How loud a telephone payload is, in −dBov (RFC 6464's scale), for the speaker display.
    ///
    /// G.711 is its own logarithm: a few table look-ups tell it. Other codecs are told by their decoder, not here.
    func level(of payload: Span<UInt8>) -> UInt8 {
        let law: G711
        switch self {
        case .pcmu: law = .muLaw
        case .pcma: law = .aLaw
        case .opus, .g722: return AudioLevel.silence.decibelsBelowOverload
        }
        var squares: Int64 = 0
        for index in 0..<payload.count {
            let sample = Int64(law.decode(payload[index]))
            squares += sample * sample
        }
        return AudioLevel(meanSquare: payload.isEmpty ? 0 : squares / Int64(payload.count)).decibelsBelowOverload
    }
}
