/// What is behind a phone leg: here one of our own making, later the RTP peer of a SIP call. Both see only RTP packets.
public protocol FarEnd: AnyObject {
    /// Takes one RTP packet from the leg and may answer with one; called every 20 ms while the leg is up.
    ///
    /// - Parameters:
    ///   - packet: a whole RTP packet, as a phone would get it.
    ///   - reply: empty on entry; a whole RTP packet on return, or still empty.
    func exchange(_ packet: [UInt8], reply: inout [UInt8]) -> FarEndProgress
}

public enum FarEndProgress: Equatable, Sendable {
    case talking
    /// The far end hung up by itself.
    case hungUp
}
