/// Two ends and what lies between them: packets sent at one end come out at the other as the
/// conditions of that direction say, decided by the seed alone.
public struct VirtualNetwork<Packet> {
    public enum End: Int, Sendable, CaseIterable {
        case left, right

        public var other: End { self == .left ? .right : .left }
    }

    /// A packet that came out.
    public struct Arrival {
        public let time: Duration
        public let sentAt: Duration
        /// The end that receives it.
        public let end: End
        public let packet: Packet
    }

    /// Both directions, by the receiving end.
    private var paths: [NetworkPath]
    private var queue = EventQueue<Arrival>()
    public private(set) var now = Duration.zero

    /// - Parameters:
    ///   - toRight: what happens from left to right.
    ///   - toLeft: what happens from right to left.
    public init(seed: UInt64, toRight: Conditions = .perfect, toLeft: Conditions = .perfect) {
        var seeds = SeededGenerator(seed: seed)
        // Each direction draws from a generator of its own, so that traffic one way changes nothing the other way.
        paths = [toLeft, toRight].map { NetworkPath(conditions: $0, generator: SeededGenerator(seed: seeds.next())) }
    }

    /// Packets lost on the way to `end` so far.
    public func lost(to end: End) -> Int { paths[end.rawValue].lost }

    /// When the next packet comes out.
    public var nextArrival: Duration? { queue.nextDue }

    /// Changes the weather towards `end` for packets sent from now on.
    public mutating func setConditions(_ conditions: Conditions, to end: End) {
        paths[end.rawValue].conditions = conditions
    }

    /// Sends a packet at the true time `time` (not before the last ``advance(to:)``).
    public mutating func send(_ packet: Packet, from end: End, at time: Duration) {
        precondition(time >= now, "a packet cannot be sent in the past")
        let receiver = end.other
        guard let dues = paths[receiver.rawValue].dues(ofPacketSentAt: time) else { return }
        for due in dues {
            queue.add(Arrival(time: due, sentAt: time, end: receiver, packet: packet), due: due)
        }
    }

    /// Takes the next packet that comes out until `time`, and moves the clock to its arrival (or to `time`).
    public mutating func next(until time: Duration) -> Arrival? {
        guard let (due, arrival) = queue.removeNext(until: time) else {
            now = max(now, time)
            return nil
        }
        now = max(now, due)
        return arrival
    }

    /// Moves the clock to `time` and returns all that came out until then, in order.
    public mutating func advance(to time: Duration) -> [Arrival] {
        var arrivals: [Arrival] = []
        while let arrival = next(until: time) {
            arrivals.append(arrival)
        }
        return arrivals
    }
}

extension VirtualNetwork: Sendable where Packet: Sendable {}
extension VirtualNetwork.Arrival: Sendable where Packet: Sendable {}
