import Linux

/// Packets of one leg so far.
struct LegCount: Sendable {
    /// Audio that the leg sent, and how much of it is a talker's: numbered.
    var sent = 0
    var sentVoiced = 0
    /// Audio of the others that it heard.
    var heard = 0
    var heardVoiced = 0
    var cameraSent = 0
    /// Pictures that were asked of its camera, by PLI or FIR, and packets by NACK.
    var pictureRequests = 0
    var missingRequests = 0
    /// Video packets that it received, by source.
    var seen: [UInt32: Int] = [:]

    static func - (later: LegCount, earlier: LegCount) -> LegCount {
        var count = later
        count.sent -= earlier.sent
        count.sentVoiced -= earlier.sentVoiced
        count.heard -= earlier.heard
        count.heardVoiced -= earlier.heardVoiced
        count.cameraSent -= earlier.cameraSent
        count.pictureRequests -= earlier.pictureRequests
        count.missingRequests -= earlier.missingRequests
        for (source, packets) in earlier.seen { count.seen[source, default: 0] -= packets }
        return count
    }
}

/// What is known of one leg.
struct LegRecord: Sendable {
    /// Of a call's phone; where the leg records, also what it sent.
    var heard: HeardEcho
    var count: LegCount
    /// Numbers of packets that it heard, and when each lay in its socket; only where it records.
    var arrivals: [(number: Int, at: Duration)] = []
    /// When the first whole key frame of any camera was there.
    var firstKey: Duration?
}
