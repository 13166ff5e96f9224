/// Bends loud sums so that they approach full scale and never reach beyond it.
///
/// The curve has no corner: slope 1 up to the knee, then ever flatter. It needs no memory and no look-ahead.
public enum SoftLimiter {
    /// Up to here (−2.5 dB of full scale) nothing is changed.
    public static let knee: Int32 = 24_576

    private static let room = Int32(Int16.max) - knee

    public static func limit(_ sample: Int32) -> Int16 {
        let magnitude = sample.magnitude
        guard magnitude > UInt32(knee) else { return Int16(truncatingIfNeeded: sample) }
        let excess = Int64(magnitude) - Int64(knee)
        let bent = knee + Int32(Int64(room) * excess / (Int64(room) + excess))
        return Int16(truncatingIfNeeded: sample < 0 ? -bent : bent)
    }
}
