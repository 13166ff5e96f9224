/// How well a phone was heard, as far as the bridge could measure it: of what it sent us, and of what it reported of ours.
public struct CallQuality: Codable, Sendable, Equatable {
    /// RTP packets that came from the phone.
    public var packetsReceived: Int
    /// Those that its numbers say were sent and that never came.
    public var packetsLost: Int
    /// Interarrival jitter of RFC 3550 section 6.4.1 at the end of the call, milliseconds.
    public var jitterMilliseconds: Int
    /// From us to the phone and back, by RTCP, milliseconds; `nil` if the phone sent no reports.
    public var roundTripMilliseconds: Int?
    /// Packets that were sent to the phone.
    public var packetsSent: Int
    /// Of those, what the phone reported as lost; `nil` if it sent no reports.
    public var reportedLost: Int?
    /// The jitter that the phone reported, milliseconds.
    public var reportedJitterMilliseconds: Int?

    public init(
        packetsReceived: Int, packetsLost: Int, jitterMilliseconds: Int, roundTripMilliseconds: Int? = nil, packetsSent: Int,
        reportedLost: Int? = nil, reportedJitterMilliseconds: Int? = nil
    ) {
        self.packetsReceived = packetsReceived
        self.packetsLost = packetsLost
        self.jitterMilliseconds = jitterMilliseconds
        self.roundTripMilliseconds = roundTripMilliseconds
        self.packetsSent = packetsSent
        self.reportedLost = reportedLost
        self.reportedJitterMilliseconds = reportedJitterMilliseconds
    }

    /// What was lost of what the phone sent, in percent.
    public var lossPercent: Double { Self.percent(packetsLost, of: packetsReceived + max(0, packetsLost)) }

    /// What was lost of what was sent to the phone, in percent.
    public var reportedLossPercent: Double? { reportedLost.map { Self.percent($0, of: packetsSent) } }

    private static func percent(_ part: Int, of whole: Int) -> Double {
        guard whole > 0, part > 0 else { return 0 }
        return min(100, Double(part) * 100 / Double(whole))
    }

    /// The mean opinion score, 1 to 4.5, that the E-model (ITU-T G.107, its defaults, G.711 with loss concealment of G.113 appendix I)
    /// gives to what came from the phone; `nil` if nothing came. An estimate: nobody listened.
    public var meanOpinionScore: Double? {
        guard packetsReceived > 0 else { return nil }
        // One way: half the round trip, one packet, and a jitter buffer of twice the jitter.
        let delay = Double(roundTripMilliseconds ?? 0) / 2 + 20 + 2 * Double(jitterMilliseconds)
        let delayImpairment = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0)
        let lossImpairment = 95 * lossPercent / (lossPercent + 25.1)
        let rating = min(100, max(0, 93.2 - delayImpairment - lossImpairment))
        let score = 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating)
        return min(4.5, max(1, score))
    }
}
