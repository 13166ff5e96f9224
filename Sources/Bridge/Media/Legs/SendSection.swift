import RTP

/// One section in which a browser hears somebody: the section's own stream, whoever that is.
struct SendSection {
    let mid: String
    /// A phone or another browser: the RTP clock is the section's own.
    let purpose: SectionPurpose
    let stream: SendStream
    var forwarder: Forwarder
    var statistics: SenderStatistics
    /// Who is heard here now.
    var source: LegID?

    init(mid: String, purpose: SectionPurpose, stream: SendStream, generator: inout some RandomNumberGenerator) {
        self.mid = mid
        self.purpose = purpose
        self.stream = stream
        // Below half of the range, so that a receiver's first roll-over is far away (RFC 3711 section 3.3.1).
        let first = UInt16.random(in: 0..<0x8000, using: &generator)
        forwarder = Forwarder(
            clockRate: Int(stream.clockRate), firstSequence: first, firstTimestamp: .random(in: .min ... .max, using: &generator))
        statistics = SenderStatistics(clockRate: Int(stream.clockRate))
    }
}
