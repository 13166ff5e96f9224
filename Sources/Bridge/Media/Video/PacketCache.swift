/// The last packets of one video stream, by their sequence numbers, so that a receiver that missed one gets it from here (RFC 4585 section 6.2.1).
///
/// Of a fixed size: the newest packets push out the oldest. Storing and finding allocate nothing once the cache is full.
struct PacketCache {
    /// Packets that are kept: two seconds of 1.5 Mbit/s.
    static let capacity = 256
    /// Bytes of a packet that can be kept; a longer one is not, since nothing that a browser sends is.
    static let packetLimit = 1_500

    private var packets: [[UInt8]] = []
    private var numbers: [UInt16?] = Array(repeating: nil, count: capacity)

    init() {}

    /// Keeps a packet, as it came; not in the place of a newer one.
    mutating func store(_ packet: [UInt8], sequenceNumber: UInt16) {
        guard packet.count <= Self.packetLimit else { return }
        if packets.isEmpty {
            packets = (0..<Self.capacity).map { _ in [] }
        }
        let slot = Int(sequenceNumber) % Self.capacity
        if let other = numbers[slot], Int16(bitPattern: sequenceNumber &- other) < 0 { return }
        packets[slot].removeAll(keepingCapacity: true)
        packets[slot].append(contentsOf: packet)
        numbers[slot] = sequenceNumber
    }

    /// The packet of that number, if it is still here.
    subscript(sequenceNumber: UInt16) -> [UInt8]? {
        let slot = Int(sequenceNumber) % Self.capacity
        return numbers[slot] == sequenceNumber ? packets[slot] : nil
    }

    /// Forgets everything, and gives the memory back.
    mutating func removeAll() {
        packets = []
        numbers = Array(repeating: nil, count: Self.capacity)
    }
}
