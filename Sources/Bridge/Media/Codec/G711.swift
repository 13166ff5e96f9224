/// The two laws of ITU-T G.711: 8-bit logarithmic samples.
public enum G711: Sendable {
    /// RTP payload type 0 (RFC 3551).
    case muLaw
    /// RTP payload type 8 (RFC 3551).
    case aLaw

    /// The code of one linear sample.
    public func encode(_ sample: Int16) -> UInt8 {
        switch self {
        case .muLaw: Self.encodeMuLaw(Int32(sample))
        case .aLaw: Self.encodeALaw(Int32(sample))
        }
    }

    /// The linear sample of one code.
    public func decode(_ code: UInt8) -> Int16 {
        switch self {
        case .muLaw: Self.decodeMuLaw(code)
        case .aLaw: Self.decodeALaw(code)
        }
    }

    /// The linear samples of all 256 codes, for decoding by look-up.
    var decodingTable: [Int16] {
        (0...255).map { decode(UInt8($0)) }
    }

    /// The bias makes each segment of µ-law begin at a power of two; the clip keeps the sum below 2^15.
    private static let muLawBias: Int32 = 132
    private static let muLawClip: Int32 = 32_635

    private static func encodeMuLaw(_ sample: Int32) -> UInt8 {
        let magnitude = min(abs(sample), muLawClip) + muLawBias
        let segment = highestBit(magnitude) - 7
        let step = (magnitude >> (segment + 3)) & 0x0F
        let sign: Int32 = sample < 0 ? 0x80 : 0
        // All bits are sent inverted (G.711, table 2a, note 2).
        return ~UInt8(truncatingIfNeeded: sign | segment << 4 | step)
    }

    private static func decodeMuLaw(_ code: UInt8) -> Int16 {
        let bits = Int32(~code)
        let segment = (bits >> 4) & 0x07
        let magnitude = (((bits & 0x0F) << 3) + muLawBias) << segment - muLawBias
        return Int16(truncatingIfNeeded: bits & 0x80 != 0 ? -magnitude : magnitude)
    }

    /// Every other bit is sent inverted (G.711, table 1a, note 2).
    private static let aLawMask: Int32 = 0x55

    private static func encodeALaw(_ sample: Int32) -> UInt8 {
        // One's complement, so that both signs have the same 4096 magnitudes of 13-bit PCM.
        let magnitude = (sample < 0 ? ~sample : sample) >> 3
        let segment = magnitude < 32 ? 0 : highestBit(magnitude) - 4
        let step = (magnitude >> max(segment, 1)) & 0x0F
        let sign: Int32 = sample < 0 ? 0 : 0x80
        return UInt8(truncatingIfNeeded: (sign | segment << 4 | step) ^ aLawMask)
    }

    private static func decodeALaw(_ code: UInt8) -> Int16 {
        let bits = Int32(code) ^ aLawMask
        let segment = (bits >> 4) & 0x07
        let step = (bits & 0x0F) << 4
        // The middle of the step; every segment but the first has an implicit leading one.
        let magnitude = segment == 0 ? step + 8 : (step + 0x108) << (segment - 1)
        return Int16(truncatingIfNeeded: bits & 0x80 != 0 ? magnitude : -magnitude)
    }

    private static func highestBit(_ value: Int32) -> Int32 {
        31 - Int32(value.leadingZeroBitCount)
    }
}
