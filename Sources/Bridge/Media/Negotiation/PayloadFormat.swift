/// The audio codecs of the bridge.
public enum AudioCodec: String, Sendable, CaseIterable, Codable {
    case opus
    case g722
    case pcmu
    case pcma

    /// Ticks of the RTP clock per second: 48,000 for Opus whatever it carries (RFC 7587 section 4.1),
    /// 8,000 for G.722 although it carries 16,000 samples (RFC 3551 section 4.5.2).
    public var clockRate: UInt32 { self == .opus ? 48_000 : 8_000 }

    /// The name in an `rtpmap`.
    public var encoding: String { self == .opus ? "opus" : rawValue.uppercased() }

    /// The channels that an `rtpmap` names; Opus is always written with two (RFC 7587 section 7).
    public var channels: UInt8 { self == .opus ? 2 : 1 }
}

/// A codec under the number that one browser has for it.
public struct PayloadFormat: Hashable, Sendable {
    public var payloadType: UInt8
    public var codec: AudioCodec

    public init(payloadType: UInt8, codec: AudioCodec) {
        self.payloadType = payloadType
        self.codec = codec
    }
}
