/// The fixed header of an RTP packet and where its parts lie (RFC 3550 section 5.1).
///
/// A plain value of numbers and byte ranges: reading a packet allocates nothing and keeps nothing of it alive.
public struct RTPHeader: Equatable, Sendable {
    public var payloadType: UInt8
    public var marker: Bool
    public var sequenceNumber: UInt16
    public var timestamp: UInt32
    public var ssrc: UInt32
    /// How many contributing sources stand after the fixed header, 0–15.
    public var csrcCount: Int
    /// The header extension, if there is one.
    public var extensions: RTPExtensionBlock?
    /// Where the payload lies, without padding; empty for a packet of padding only, as bandwidth probes are.
    public var payload: Range<Int>

    /// Bytes of a header without sources and extension.
    public static let fixedLength = 12

    /// Reads the header of the packet that fills `packet`.
    /// - Returns: `nil` unless version, sources, extension and padding all fit into the packet.
    public init?(_ packet: Span<UInt8>) {
        guard packet.count >= Self.fixedLength, packet[0] >> 6 == 2 else { return nil }
        csrcCount = Int(packet[0] & 0x0F)
        marker = packet[1] & 0x80 != 0
        payloadType = packet[1] & 0x7F
        sequenceNumber = packet.uint16(at: 2)
        timestamp = packet.uint32(at: 4)
        ssrc = packet.uint32(at: 8)

        var start = Self.fixedLength + 4 * csrcCount
        if packet[0] & 0x10 != 0 {
            guard packet.count >= start + 4 else { return nil }
            let length = 4 * Int(packet.uint16(at: start + 2))
            let profile = packet.uint16(at: start)
            start += 4
            guard packet.count >= start + length else { return nil }
            extensions = RTPExtensionBlock(profile: profile, range: start..<start + length)
            start += length
        } else {
            extensions = nil
        }

        var end = packet.count
        guard start <= end else { return nil }
        if packet[0] & 0x20 != 0 {
            // The last byte counts the padding and itself, so that 0 is impossible.
            guard start < end else { return nil }
            let padding = Int(packet[end - 1])
            guard padding > 0, padding <= end - start else { return nil }
            end -= padding
        }
        payload = start..<end
    }

    /// The contributing source at `index`, which must be less than `csrcCount`, of the packet that this header was read from.
    public func contributingSource(at index: Int, in packet: Span<UInt8>) -> UInt32? {
        let offset = Self.fixedLength + 4 * index
        guard index >= 0, index < csrcCount, offset + 4 <= packet.count else { return nil }
        return packet.uint32(at: offset)
    }
}
