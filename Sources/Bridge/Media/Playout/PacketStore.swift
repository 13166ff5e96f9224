/// The packets that wait for their time, by sequence number: at most 64 of at most 1500 bytes.
struct PacketStore: ~Copyable {
    struct Packet {
        var sequenceNumber: UInt16 = 0
        /// The unwrapped RTP timestamp.
        var timestamp = 0
        /// In ticks of the RTP clock.
        var duration = 0
        var payload: [UInt8] = []
        fileprivate(set) var isWaiting = false

        mutating func fill(sequenceNumber: UInt16, timestamp: Int, duration: Int, payload: Span<UInt8>) {
            self.sequenceNumber = sequenceNumber
            self.timestamp = timestamp
            self.duration = duration
            // The old payload's storage is used again.
            self.payload.removeAll(keepingCapacity: true)
            for index in 0..<payload.count {
                self.payload.append(payload[index])
            }
        }
    }

    /// How far ahead of the next sequence number a packet may be. Covers 120 ms of 2.5 ms packets, and 1 s of 20 ms packets.
    static let capacity = 64
    /// No Ethernet frame carries more.
    static let longestPayload = 1500

    private(set) var packets = Array(repeating: Packet(), count: capacity)
    private var waiting = 0

    var isEmpty: Bool { waiting == 0 }

    /// Keeps a packet whose sequence number is less than ``capacity`` ahead of the next one's.
    /// - Returns: `false` if it is there already.
    mutating func insert(sequenceNumber: UInt16, timestamp: Int, duration: Int, payload: Span<UInt8>) -> Bool {
        let slot = Int(sequenceNumber) % Self.capacity
        guard !packets[slot].isWaiting else { return false }
        packets[slot].fill(sequenceNumber: sequenceNumber, timestamp: timestamp, duration: duration, payload: payload)
        packets[slot].isWaiting = true
        waiting += 1
        return true
    }

    /// The slot of the first packet at or after `sequenceNumber`.
    func first(from sequenceNumber: UInt16) -> Int? {
        guard waiting > 0 else { return nil }
        for ahead in 0..<Self.capacity {
            let slot = (Int(sequenceNumber) + ahead) % Self.capacity
            if packets[slot].isWaiting {
                return slot
            }
        }
        return nil
    }

    mutating func remove(at slot: Int) {
        guard packets[slot].isWaiting else { return }
        packets[slot].isWaiting = false
        waiting -= 1
    }

    mutating func removeAll() {
        for slot in packets.indices {
            packets[slot].isWaiting = false
        }
        waiting = 0
    }
}
