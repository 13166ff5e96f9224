import RTP

/// A packet that is sent again travels in a stream of its own, with its own number before its payload (RFC 4588 section 4).
enum Retransmission {
    /// Makes of a retransmission the packet that it repeats, in place.
    ///
    /// - Parameters:
    ///   - payloadType: of the repeated packet.
    ///   - ssrc: of the repeated stream.
    /// - Returns: its header; `nil` if the packet repeats nothing: padding that probes for bandwidth.
    static func restore(_ packet: inout [UInt8], _ header: RTPHeader, payloadType: UInt8, ssrc: UInt32) -> RTPHeader? {
        let start = header.payload.lowerBound
        guard header.payload.count > 2 else { return nil }
        let high = packet[start]
        let low = packet[start + 1]
        packet.removeSubrange(start..<start + 2)
        packet[1] = packet[1] & 0x80 | payloadType & 0x7F
        packet[2] = high
        packet[3] = low
        for index in 0..<4 { packet[8 + index] = UInt8(truncatingIfNeeded: ssrc >> UInt32(24 - 8 * index)) }
        return RTPHeader(packet.span)
    }

    /// Appends what stands before the payload of a retransmission: the number of the packet that it repeats.
    static func appendNumber(_ number: UInt16, to arena: inout [UInt8]) {
        arena.append(UInt8(truncatingIfNeeded: number >> 8))
        arena.append(UInt8(truncatingIfNeeded: number))
    }
}
