/// The extension elements that a sent packet carries, each under the id that its receiver negotiated.
///
/// Written in the one-byte form (RFC 8285 section 4.2). An element that the form cannot carry (an id outside
/// 1–14, data outside 1–16 bytes) is left out: ids come from the peer's offer, and a packet without the
/// element is better than none.
public struct RTPOutgoingExtensions: Sendable {
    /// An element with the one value that the stream keeps for all of its packets.
    public struct Constant: Equatable, Sendable {
        public var id: UInt8
        public var bytes: [UInt8]

        public init(id: UInt8, bytes: [UInt8]) {
            self.id = id
            self.bytes = bytes
        }
    }

    /// The MID of the section (RFC 9143 section 15).
    public var mid: Constant?
    /// The level of this packet (RFC 6464).
    public var audioLevel: (id: UInt8, value: AudioLevel)?
    /// The transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01).
    public var transportSequenceNumber: (id: UInt8, value: UInt16)?
    /// The time of sending in seconds, 6 bits and 18 bits of fraction (WebRTC's abs-send-time); higher bits are cut off.
    public var absoluteSendTime: (id: UInt8, value: UInt32)?

    public init(
        mid: Constant? = nil,
        audioLevel: (id: UInt8, value: AudioLevel)? = nil,
        transportSequenceNumber: (id: UInt8, value: UInt16)? = nil,
        absoluteSendTime: (id: UInt8, value: UInt32)? = nil
    ) {
        self.mid = mid
        self.audioLevel = audioLevel
        self.transportSequenceNumber = transportSequenceNumber
        self.absoluteSendTime = absoluteSendTime
    }

    /// Appends the whole block, its four-byte head included; appends nothing if there is no element to write.
    /// - Returns: whether there is a block, which the X bit has to say.
    func append(to packet: inout [UInt8]) -> Bool {
        let start = packet.count
        packet.append(bigEndian: RTPExtensionBlock.oneByteProfile)
        packet.append(bigEndian: 0 as UInt16)
        if let mid, Self.appendHead(id: mid.id, length: mid.bytes.count, to: &packet) {
            packet.append(contentsOf: mid.bytes)
        }
        if let audioLevel, Self.appendHead(id: audioLevel.id, length: 1, to: &packet) {
            packet.append(audioLevel.value.byte)
        }
        if let transportSequenceNumber, Self.appendHead(id: transportSequenceNumber.id, length: 2, to: &packet) {
            packet.append(bigEndian: transportSequenceNumber.value)
        }
        if let absoluteSendTime, Self.appendHead(id: absoluteSendTime.id, length: 3, to: &packet) {
            packet.append(UInt8(truncatingIfNeeded: absoluteSendTime.value >> 16))
            packet.append(bigEndian: UInt16(truncatingIfNeeded: absoluteSendTime.value))
        }
        let length = packet.count - start - 4
        guard length > 0 else {
            packet.removeLast(4)
            return false
        }
        let words = (length + 3) / 4
        for _ in length..<4 * words { packet.append(0) }
        // Four elements of at most 17 bytes: the count of words fits one byte.
        packet[start + 3] = UInt8(words)
        return true
    }

    private static func appendHead(id: UInt8, length: Int, to packet: inout [UInt8]) -> Bool {
        guard (1...14).contains(id), (1...16).contains(length) else { return false }
        packet.append(id << 4 | UInt8(length - 1))
        return true
    }
}
