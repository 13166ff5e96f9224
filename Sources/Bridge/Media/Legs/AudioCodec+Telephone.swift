import RTP

extension AudioCodec {
    /// The payload number under which a phone leg speaks this codec: the static one, where there is one (RFC 3551 section 6).
    var telephonePayloadType: UInt8 {
        switch self {
        case .pcmu: StaticPayloadType.pcmu.rawValue
        case .pcma: StaticPayloadType.pcma.rawValue
        case .g722: StaticPayloadType.g722.rawValue
        case .opus: StaticPayloadType.dynamicRange.lowerBound
        }
    }
}
