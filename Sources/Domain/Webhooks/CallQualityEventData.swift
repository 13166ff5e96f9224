/// The `data` of `call.quality`: the call as its `call.ended` had it, without what was tried, and how well its phone was heard.
public struct CallQualityEventData: Encodable, Sendable {
    public var call: CallEventData.Call
    public var quality: Quality

    /// The names and the units are REST's; `reported` is what the phone told of our sound. What is not known is left out.
    public struct Quality: Encodable, Sendable, Equatable {
        public var packets_received: Int
        public var packets_lost: Int
        public var loss_percent: Double
        public var jitter_ms: Int
        public var round_trip_ms: Int?
        public var mos: Double?
        public var packets_sent: Int
        public var reported_loss_percent: Double?
        public var reported_jitter_ms: Int?

        public init(_ quality: CallQuality) {
            func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
            packets_received = quality.packetsReceived
            packets_lost = quality.packetsLost
            loss_percent = rounded(quality.lossPercent)
            jitter_ms = quality.jitterMilliseconds
            round_trip_ms = quality.roundTripMilliseconds
            mos = quality.meanOpinionScore.map(rounded)
            packets_sent = quality.packetsSent
            reported_loss_percent = quality.reportedLossPercent.map(rounded)
            reported_jitter_ms = quality.reportedJitterMilliseconds
        }
    }

    public init(_ call: CallSnapshot, _ record: CallEventData.Record, _ quality: CallQuality) {
        self.call = CallEventData(call, record).call
        self.quality = Quality(quality)
    }
}
