/// How many bits per second a stream brings, over the last half second or so.
struct BitrateMeter {
    private static let window = Duration.milliseconds(500)

    private var began: Duration?
    private var bytes = 0
    private var last: UInt64 = 0

    /// Counts one packet.
    mutating func count(_ bytes: Int, now: Duration) {
        roll(now)
        self.bytes &+= bytes
    }

    /// Bits per second; 0 when nothing has come for two windows.
    mutating func bitsPerSecond(now: Duration) -> UInt64 {
        roll(now)
        return last
    }

    private mutating func roll(_ now: Duration) {
        guard let began else { return self.began = now }
        let passed = now - began
        guard passed >= Self.window else { return }
        last = passed >= Self.window * 2 ? 0 : UInt64(clamping: Int64(bytes) &* 8_000 / max(passed.wholeMilliseconds, 1))
        bytes = 0
        self.began = now
    }
}
