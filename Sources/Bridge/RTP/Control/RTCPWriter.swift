/// Appends RTCP packets one after another; what is appended in a row is one compound packet (RFC 3550 section 6.1).
///
/// A compound begins with a report and, when it is not reduced (RFC 5506), goes on with the canonical name.
public enum RTCPWriter {
    /// The most entries that the five-bit count of a packet can say.
    public static let maximumCount = 31

    /// Appends a sender report; blocks beyond `maximumCount` are left out.
    public static func appendSenderReport(
        _ info: RTCPSenderInfo, blocks: [RTCPReportBlock] = [], to bytes: inout [UInt8]
    ) {
        let count = min(blocks.count, maximumCount)
        appendHead(count: count, type: RTCPType.senderReport, body: RTCPSenderInfo.length + 24 * count, to: &bytes)
        bytes.append(bigEndian: info.ssrc)
        bytes.append(bigEndian: info.ntp.rawValue)
        bytes.append(bigEndian: info.rtpTimestamp)
        bytes.append(bigEndian: info.packetCount)
        bytes.append(bigEndian: info.octetCount)
        append(blocks, count, to: &bytes)
    }

    /// Appends a receiver report; blocks beyond `maximumCount` are left out.
    public static func appendReceiverReport(
        sender: UInt32, blocks: [RTCPReportBlock] = [], to bytes: inout [UInt8]
    ) {
        let count = min(blocks.count, maximumCount)
        appendHead(count: count, type: RTCPType.receiverReport, body: 4 + 24 * count, to: &bytes)
        bytes.append(bigEndian: sender)
        append(blocks, count, to: &bytes)
    }

    /// Appends an SDES packet with the canonical name of one source, cut after 255 bytes.
    public static func appendCanonicalName(_ name: [UInt8], of ssrc: UInt32, to bytes: inout [UInt8]) {
        let length = min(name.count, 255)
        // Source, item head, text, and one to four zero bytes up to a whole word.
        let zeros = 4 - (2 + length) % 4
        appendHead(count: 1, type: RTCPType.sourceDescription, body: 4 + 2 + length + zeros, to: &bytes)
        bytes.append(bigEndian: ssrc)
        bytes.append(RTCPSourceDescription.canonicalName)
        bytes.append(UInt8(length))
        for index in 0..<length { bytes.append(name[index]) }
        for _ in 0..<zeros { bytes.append(0) }
    }

    /// Appends a BYE of one source, without a reason.
    public static func appendBye(_ ssrc: UInt32, to bytes: inout [UInt8]) {
        appendHead(count: 1, type: RTCPType.bye, body: 4, to: &bytes)
        bytes.append(bigEndian: ssrc)
    }

    private static func append(_ blocks: [RTCPReportBlock], _ count: Int, to bytes: inout [UInt8]) {
        for block in blocks.prefix(count) {
            bytes.append(bigEndian: block.ssrc)
            let lost = min(max(block.cumulativeLost, -0x80_0000), 0x7F_FFFF)
            bytes.append(bigEndian: UInt32(block.fractionLost) << 24 | UInt32(truncatingIfNeeded: lost) & 0xFF_FFFF)
            bytes.append(bigEndian: block.highestSequence)
            bytes.append(bigEndian: block.jitter)
            bytes.append(bigEndian: block.lastSenderReport)
            bytes.append(bigEndian: block.delaySinceLastSenderReport)
        }
    }

    /// Appends the four-byte head; `body` is the length of what follows, in bytes, a multiple of four.
    static func appendHead(count: Int, type: UInt8, body: Int, to bytes: inout [UInt8]) {
        bytes.append(0x80 | UInt8(count))
        bytes.append(type)
        bytes.append(bigEndian: UInt16(body / 4))
    }
}
