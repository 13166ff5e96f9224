/// What is known of the sound between the bridge and a real phone, since it came into the room.
public struct PhoneStatistics: Equatable, Sendable {
    /// RTP packets that came from it, and those that never came although its numbers name them.
    public var received: Int64
    public var lost: Int64
    /// RFC 3550 section 6.4.1, of what came last.
    public var jitter: Duration
    /// RTP packets that were sent to it.
    public var sent: UInt64
    /// What its last report says of those: packets lost, and their jitter.
    public var reported: (lost: Int32, jitter: Duration)?
    /// There and back, by its reports.
    public var roundTrip: Duration?

    public static func == (one: Self, other: Self) -> Bool {
        one.received == other.received && one.lost == other.lost && one.jitter == other.jitter && one.sent == other.sent
            && one.reported?.lost == other.reported?.lost && one.reported?.jitter == other.reported?.jitter && one.roundTrip == other.roundTrip
    }
}
