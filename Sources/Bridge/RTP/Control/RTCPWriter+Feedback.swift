// Feedback messages (RFC 4585 section 6.1): a head, who speaks, which stream is meant, and the matter.

extension RTCPWriter {
    /// Appends a NACK; entries beyond 253 are left out, so that the packet stays well below any MTU.
    public static func appendMissing(
        _ missing: [RTCPMissing], sender: UInt32, media: UInt32, to bytes: inout [UInt8]
    ) {
        let count = min(missing.count, 253)
        appendFeedback(
            RTCPFeedbackFormat.missing, type: RTCPType.transportFeedback, matter: 4 * count,
            sender: sender, media: media, to: &bytes)
        for entry in missing.prefix(count) {
            bytes.append(bigEndian: entry.first)
            bytes.append(bigEndian: entry.following)
        }
    }

    /// Appends a PLI.
    public static func appendPictureLoss(sender: UInt32, media: UInt32, to bytes: inout [UInt8]) {
        appendFeedback(
            RTCPFeedbackFormat.pictureLoss, type: RTCPType.payloadFeedback, matter: 0,
            sender: sender, media: media, to: &bytes)
    }

    /// Appends a FIR for one stream.
    public static func appendFullIntra(_ entry: RTCPFullIntraEntry, sender: UInt32, to bytes: inout [UInt8]) {
        // The media source of the head is unused and zero (RFC 5104 section 4.3.1.2).
        appendFeedback(
            RTCPFeedbackFormat.fullIntra, type: RTCPType.payloadFeedback, matter: 8,
            sender: sender, media: 0, to: &bytes)
        bytes.append(bigEndian: entry.ssrc)
        bytes.append(bigEndian: UInt32(entry.sequenceNumber) << 24)
    }

    /// Appends a REMB for at most 255 streams; the estimate is rounded down to 18 significant bits.
    public static func appendReceiverEstimate(
        bitsPerSecond: UInt64, sources: [UInt32], sender: UInt32, to bytes: inout [UInt8]
    ) {
        let count = min(sources.count, 255)
        appendFeedback(
            RTCPFeedbackFormat.application, type: RTCPType.payloadFeedback, matter: 8 + 4 * count,
            sender: sender, media: 0, to: &bytes)
        let exponent = max(0, 64 - 18 - bitsPerSecond.leadingZeroBitCount)
        let mantissa = UInt32(truncatingIfNeeded: bitsPerSecond >> UInt64(exponent))
        bytes.append(bigEndian: RTCPFeedbackFormat.receiverEstimateMark)
        bytes.append(bigEndian: UInt32(count) << 24 | UInt32(exponent) << 18 | mantissa)
        for source in sources.prefix(count) { bytes.append(bigEndian: source) }
    }

    private static func appendFeedback(
        _ format: UInt8, type: UInt8, matter: Int, sender: UInt32, media: UInt32, to bytes: inout [UInt8]
    ) {
        appendHead(count: Int(format), type: type, body: 8 + matter, to: &bytes)
        bytes.append(bigEndian: sender)
        bytes.append(bigEndian: media)
    }
}
