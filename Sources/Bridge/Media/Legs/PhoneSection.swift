import RTP

/// One receive section of a browser that carries a phone: the section's own stream, whoever the phone is.
struct PhoneSection {
    let mid: String
    let stream: SendStream
    var forwarder: Forwarder
    var statistics: SenderStatistics
    /// The phone that is heard here now.
    var source: LegID?

    init(mid: String, stream: SendStream, generator: inout some RandomNumberGenerator) {
        self.mid = mid
        self.stream = stream
        // Below half of the range, so that a receiver's first roll-over is far away (RFC 3711 section 3.3.1).
        let first = UInt16.random(in: 0..<0x8000, using: &generator)
        forwarder = Forwarder(
            clockRate: Int(stream.clockRate), firstSequence: first, firstTimestamp: .random(in: .min ... .max, using: &generator))
        statistics = SenderStatistics(clockRate: Int(stream.clockRate))
    }
}
