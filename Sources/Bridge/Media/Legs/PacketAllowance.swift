/// How many packets of one stream are taken, as a bucket of packets that fills with time.
///
/// A voice is 50 packets a second, or 100 of 10 ms; whatever a flood brings beyond that is not decoded, not forwarded to everybody
/// else, and missing in the reports that its sender gets.
package struct PacketAllowance: Sendable {
    /// Of a voice: taken for long.
    package static let perSecond: Int64 = 150
    /// Of a voice, taken at once: three seconds of it, as a network gives them back that stood still.
    package static let burst: Int64 = 150

    /// What a picture may take: some 5 Mbit/s, twice of what its sender is allowed, and whole pictures at once.
    static let picture = PacketAllowance(perSecond: 600, burst: 600)

    /// RTCP of a browser: reports of all its sections, and requests for what is missing every few milliseconds.
    static let control = PacketAllowance(perSecond: 200, burst: 400)

    /// Nanoseconds that a packet takes of what was saved.
    private let packet: Int64
    private let most: Int64
    private var saved: Int64
    private var last: Duration?
    /// Packets that were too many.
    package private(set) var refused: UInt64 = 0

    package init(perSecond: Int64 = perSecond, burst: Int64 = burst) {
        packet = 1_000_000_000 / max(perSecond, 1)
        most = burst * packet
        saved = most
    }

    /// Whether one more packet may be taken.
    package mutating func take(now: Duration) -> Bool {
        // What the kernel noted earlier may be read later: time never goes back here.
        let passed = max(now - (last ?? now), .zero)
        last = max(now, last ?? now)
        saved = min(saved + Int64(min(passed, .seconds(10)) / .nanoseconds(1)), most)
        guard saved >= packet else {
            refused &+= 1
            return false
        }
        saved -= packet
        return true
    }
}
