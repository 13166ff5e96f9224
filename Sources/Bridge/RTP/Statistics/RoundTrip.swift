/// Round-trip time out of a report block (RFC 3550 section 6.4.1).
public enum RoundTrip {
    /// What a real path cannot take; more is a peer that makes numbers up, or a clock that was set.
    public static let longest: Duration = .seconds(60)

    /// Time that passed on the way to the peer and back.
    /// - Parameter arrival: when the block came, by the wall clock that our sender reports carry.
    /// - Returns: `nil` if the peer has had no sender report, or the numbers make no sense. Clocks of different grain
    ///   can make the result a little less than nothing: that is zero.
    public static func time(from block: RTCPReportBlock, arrival: NTPTimestamp) -> Duration? {
        guard block.lastSenderReport != 0 else { return nil }
        let ticks = arrival.compact &- block.lastSenderReport &- block.delaySinceLastSenderReport
        let signed = Int32(bitPattern: ticks)
        if signed < 0 { return signed > -65536 ? .zero : nil }
        let time = Duration(compactTicks: ticks)
        return time <= longest ? time : nil
    }
}
