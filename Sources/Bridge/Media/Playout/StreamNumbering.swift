/// Follows the sequence numbers and timestamps of one stream, and tells a new numbering from a stray packet.
///
/// A packet whose transit differs by more than a second from the stream's belongs to another numbering
/// (or is forged, or useless). Two of them in a row make that numbering the stream's (RFC 3550, appendix A.1).
struct StreamNumbering: ~Copyable {
    enum Place: Equatable {
        /// It belongs to the stream.
        case here(timestamp: Int)
        /// It came before.
        case duplicate
        /// It belongs to another numbering, and is kept in ``candidate``: a second one is needed to believe it.
        case elsewhere
        /// It confirms the packet in ``candidate``: begin anew with that one, then this one.
        case confirmsCandidate
    }

    private(set) var newestSequenceNumber: UInt16 = 0
    /// Unwrapped.
    private(set) var newestTimestamp = 0
    private var rawTimestamp: UInt32 = 0
    /// Bit n: the packet n before the newest has come.
    private var seen: UInt64 = 0

    /// The packet of another numbering; its timestamp is not unwrapped.
    private(set) var candidate = PacketStore.Packet()
    private(set) var candidateArrival = 0
    private var hasCandidate = false

    private let clockRate: Int

    init(clockRate: Int) {
        self.clockRate = clockRate
    }

    /// Makes a numbering the stream's; the packet itself is yet to be placed.
    mutating func begin(sequenceNumber: UInt16, timestamp: UInt32) {
        newestSequenceNumber = sequenceNumber
        newestTimestamp = Int(timestamp)
        rawTimestamp = timestamp
        seen = 0
        hasCandidate = false
    }

    /// - Parameters:
    ///   - base: the stream's fastest transit.
    ///   - arrival: in ticks of the RTP clock.
    mutating func place(
        sequenceNumber: UInt16, timestamp: UInt32, duration: Int, payload: Span<UInt8>, arrival: Int, base: Int
    ) -> Place {
        let unwrapped = newestTimestamp &+ Int(Int32(bitPattern: timestamp &- rawTimestamp))
        if abs((arrival &- unwrapped) &- base) > clockRate {
            let transitChange = (arrival &- Int(timestamp)) &- (candidateArrival &- candidate.timestamp)
            if hasCandidate, sequenceNumber == candidate.sequenceNumber &+ 1, abs(transitChange) <= clockRate {
                return .confirmsCandidate
            }
            candidate.fill(sequenceNumber: sequenceNumber, timestamp: Int(timestamp), duration: duration, payload: payload)
            candidateArrival = arrival
            hasCandidate = true
            return .elsewhere
        }
        let ahead = Int(Int16(bitPattern: sequenceNumber &- newestSequenceNumber))
        if ahead > 0 {
            seen = ahead < 64 ? seen << UInt64(ahead) | 1 : 1
        } else if ahead > -64 {
            let bit = UInt64(1) << UInt64(-ahead)
            guard seen & bit == 0 else { return .duplicate }
            seen |= bit
        } else if unwrapped > newestTimestamp {
            // Newer audio under a much older number: the sequence alone began anew.
            seen = 1
        }
        if ahead > 0 || seen == 1 {
            newestSequenceNumber = sequenceNumber
            newestTimestamp = unwrapped
            rawTimestamp = timestamp
        }
        return .here(timestamp: unwrapped)
    }
}
