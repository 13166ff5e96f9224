/// Interarrival jitter of one source (RFC 3550 section 6.4.1 and appendix A.8).
struct JitterEstimator: Sendable {
    private let clockRate: Int
    private var transit: UInt32?
    /// Sixteen times the jitter. 64 bits: no sequence of timestamps can overflow the sum.
    private var scaled: UInt64 = 0

    init(clockRate: Int) {
        self.clockRate = clockRate
    }

    /// The jitter in timestamp units.
    var jitter: UInt32 { UInt32(clamping: scaled >> 4) }

    mutating func receive(timestamp: UInt32, now: Duration) {
        let arrival = UInt32(truncatingIfNeeded: now.ticks(rate: clockRate))
        let newTransit = arrival &- timestamp
        defer { transit = newTransit }
        guard let transit else { return }
        let difference = UInt64(Int32(bitPattern: newTransit &- transit).magnitude)
        // Five seconds are no jitter: the source has moved to another timeline (hold, a re-INVITE, a switched sender).
        guard difference < 5 * UInt64(clockRate) else { return }
        scaled = scaled &+ difference &- (scaled &+ 8) >> 4
    }

    /// Forgets the last packet: the next one is of another timeline.
    mutating func restart() {
        transit = nil
    }
}
