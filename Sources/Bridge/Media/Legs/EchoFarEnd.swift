import RTP

/// The far end of 600: a phone that says back what it hears, under a heading of its own.
public final class EchoFarEnd: FarEnd {
    private let ssrc: UInt32
    private var sequenceNumber: UInt16
    private var timestamp: UInt32
    private var previous: UInt32?

    public init(ssrc: UInt32, firstSequence: UInt16, firstTimestamp: UInt32) {
        self.ssrc = ssrc
        sequenceNumber = firstSequence
        timestamp = firstTimestamp
    }

    public func exchange(_ packet: [UInt8], reply: inout [UInt8]) -> FarEndProgress {
        guard let header = RTPHeader(packet.span) else { return .talking }
        if let previous {
            sequenceNumber &+= 1
            timestamp &+= header.timestamp &- previous
        }
        previous = header.timestamp
        RTPHeader.write(
            payloadType: header.payloadType, marker: header.marker, sequenceNumber: sequenceNumber, timestamp: timestamp,
            ssrc: ssrc, to: &reply)
        reply.append(contentsOf: packet[header.payload])
        return .talking
    }
}
