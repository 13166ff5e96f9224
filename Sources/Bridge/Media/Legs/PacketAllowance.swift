/// How many voice packets of one leg are taken, as a bucket of packets that fills with time.
///
/// A voice is 50 packets a second, or 100 of 10 ms; whatever a flood brings beyond that is not decoded, not forwarded to everybody
/// else, and missing in the reports that its sender gets.
package struct PacketAllowance: Sendable {
    /// Taken for long.
    package static let perSecond: Int64 = 150
    /// Taken at once: three seconds of a voice, as a network gives them back that stood still.
    package static let burst: Int64 = 150

    private static let packet = 1_000_000_000 / perSecond
    /// In nanoseconds, of which a packet takes its share.
    private var saved = burst * packet
    private var last: Duration?
    /// Packets that were too many.
    package private(set) var refused: UInt64 = 0

    package init() {}

    /// Whether one more packet may be taken.
    package mutating func take(now: Duration) -> Bool {
        // What the kernel noted earlier may be read later: time never goes back here.
        let passed = max(now - (last ?? now), .zero)
        last = max(now, last ?? now)
        saved = min(saved + Int64(min(passed, .seconds(10)) / .nanoseconds(1)), Self.burst * Self.packet)
        guard saved >= Self.packet else {
            refused &+= 1
            return false
        }
        saved -= Self.packet
        return true
    }
}
