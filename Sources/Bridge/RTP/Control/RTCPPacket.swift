/// One packet of a compound RTCP datagram (RFC 3550 section 6, RFC 4585, RFC 5104).
public enum RTCPPacket: Equatable, Sendable {
    case senderReport(RTCPSenderInfo, RTCPEntries<RTCPReportBlock>)
    case receiverReport(sender: UInt32, RTCPEntries<RTCPReportBlock>)
    case sourceDescription(RTCPSourceDescription)
    /// These sources leave; the reason in words is not read.
    case bye(RTCPEntries<RTCPSource>)
    /// NACK: packets to be sent again.
    case missing(sender: UInt32, media: UInt32, RTCPEntries<RTCPMissing>)
    /// PLI: the receiver has lost the picture.
    case pictureLoss(sender: UInt32, media: UInt32)
    /// FIR: the receiver needs a whole picture.
    case fullIntra(sender: UInt32, RTCPEntries<RTCPFullIntraEntry>)
    /// REMB: the bits per second that the receiver believes in for these streams together
    /// (draft-alvestrand-rmcat-remb-03).
    case receiverEstimate(sender: UInt32, bitsPerSecond: UInt64, RTCPEntries<RTCPSource>)
    /// Well formed, and nothing that we act on: APP, XR, transport-wide feedback, or what is yet to be invented.
    case other(type: UInt8, format: UInt8)
    /// This packet contradicts itself. If its own length does, it is the last that `RTCPCursor` gives.
    case malformed(type: UInt8)
}

/// The numbers of the packet types (RFC 3550 section 12.1, RFC 4585 section 6.1).
enum RTCPType {
    static let senderReport: UInt8 = 200
    static let receiverReport: UInt8 = 201
    static let sourceDescription: UInt8 = 202
    static let bye: UInt8 = 203
    static let transportFeedback: UInt8 = 205
    static let payloadFeedback: UInt8 = 206
}

/// The formats of feedback packets: NACK of type 205, the others of type 206.
enum RTCPFeedbackFormat {
    static let missing: UInt8 = 1
    static let pictureLoss: UInt8 = 1
    static let fullIntra: UInt8 = 4
    static let application: UInt8 = 15
    /// «REMB», the mark of the one application-layer message that is read.
    static let receiverEstimateMark: UInt32 = 0x5245_4D42
}
