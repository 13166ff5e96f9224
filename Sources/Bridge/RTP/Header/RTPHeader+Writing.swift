extension RTPHeader {
    /// Appends a header; the caller appends the payload after it.
    ///
    /// There is neither padding nor a contributing source: what we send is re-headed, not copied.
    /// - Parameter payloadType: 0–127; a higher bit is cut off.
    public static func write(
        payloadType: UInt8,
        marker: Bool,
        sequenceNumber: UInt16,
        timestamp: UInt32,
        ssrc: UInt32,
        extensions: RTPOutgoingExtensions? = nil,
        to packet: inout [UInt8]
    ) {
        let start = packet.count
        packet.append(0x80)
        packet.append(payloadType & 0x7F | (marker ? 0x80 : 0))
        packet.append(bigEndian: sequenceNumber)
        packet.append(bigEndian: timestamp)
        packet.append(bigEndian: ssrc)
        if let extensions, extensions.append(to: &packet) {
            packet[start] |= 0x10
        }
    }
}
