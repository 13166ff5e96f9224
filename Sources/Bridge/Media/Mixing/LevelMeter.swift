/// A smoothed loudness in dBov below full scale: 0 is as loud as can be, 127 is silence (RFC 6464's scale).
///
/// Rises at once, falls slowly, so that a speaker is not lost between two syllables.
public struct LevelMeter: Sendable {
    private var smoothed: Float = 127

    public init() {}

    /// Takes one frame's level, 0…127.
    public mutating func update(_ level: UInt8) {
        let level = Float(min(level, 127))
        smoothed = level < smoothed ? level : smoothed + (level - smoothed) * 0.08
    }

    /// A while went by without a packet.
    public mutating func decay() { smoothed += (127 - smoothed) * 0.08 }

    public var dBov: UInt8 { UInt8(smoothed.rounded()) }
}
