/// The payload types that keep their number without an `a=rtpmap` line, of those that we speak (RFC 3551 section 6).
public enum StaticPayloadType: UInt8, Sendable, CaseIterable {
    case pcmu = 0
    case pcma = 8
    case g722 = 9
    /// Comfort noise (RFC 3389).
    case comfortNoise = 13

    /// The numbers that a session may assign as it likes (RFC 3551 section 6).
    public static let dynamicRange: ClosedRange<UInt8> = 96...127

    /// The name in an `a=rtpmap` line.
    public var encodingName: String {
        switch self {
        case .pcmu: "PCMU"
        case .pcma: "PCMA"
        case .g722: "G722"
        case .comfortNoise: "CN"
        }
    }

    /// RTP timestamp units per second.
    ///
    /// G.722 samples at 16 kHz and yet counts 8,000 a second: an old error that was kept (RFC 3551 section 4.5.2).
    public var clockRate: Int { 8000 }

    /// Samples per second of the sound itself.
    public var samplingRate: Int { self == .g722 ? 16000 : 8000 }
}
