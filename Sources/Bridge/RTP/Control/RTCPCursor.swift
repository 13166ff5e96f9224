/// Walks over the packets of one RTCP datagram, without allocation.
///
///     var cursor = RTCPCursor()
///     while let packet = cursor.next(in: datagram) { … }
///
/// Accepts the reduced-size form, which need not begin with a report (RFC 5506). Every step moves on by at least
/// four bytes, and nothing is read beyond the length that a packet claims and the datagram has.
public struct RTCPCursor: Sendable {
    private var offset = 0

    public init() {}

    /// The next packet; `nil` at the end. `datagram` must be the same in every call.
    public mutating func next(in datagram: Span<UInt8>) -> RTCPPacket? {
        let start = offset
        guard start < datagram.count else { return nil }
        offset = datagram.count
        guard datagram.count - start >= 4 else { return .malformed(type: 0) }
        let type = datagram[start + 1]
        let length = 4 * (Int(datagram.uint16(at: start + 2)) + 1)
        guard datagram[start] >> 6 == 2, length <= datagram.count - start else { return .malformed(type: type) }
        offset = start + length

        var end = offset
        if datagram[start] & 0x20 != 0 {
            // Only the last packet is padded, in whole words (RFC 3550 section 6.4.1).
            let padding = Int(datagram[end - 1])
            guard end == datagram.count, padding > 0, padding % 4 == 0, padding <= length - 4 else {
                return .malformed(type: type)
            }
            end -= padding
        }
        return RTCPBody(count: datagram[start] & 0x1F, type: type, range: start + 4..<end).packet(in: datagram)
    }
}

/// One packet whose length is known to be true: its count or format, and the bytes after its four-byte head.
private struct RTCPBody {
    let count: UInt8
    let type: UInt8
    let range: Range<Int>

    func packet(in datagram: Span<UInt8>) -> RTCPPacket {
        let packet: RTCPPacket? =
            switch type {
            case RTCPType.senderReport: senderReport(in: datagram)
            case RTCPType.receiverReport: receiverReport(in: datagram)
            case RTCPType.sourceDescription: sourceDescription(in: datagram)
            case RTCPType.bye: bye()
            case RTCPType.transportFeedback: transportFeedback(in: datagram)
            case RTCPType.payloadFeedback: payloadFeedback(in: datagram)
            default: other
            }
        return packet ?? .malformed(type: type)
    }

    private var other: RTCPPacket { .other(type: type, format: count) }

    private func senderReport(in datagram: Span<UInt8>) -> RTCPPacket? {
        let start = range.lowerBound
        guard let blocks = entries(after: RTCPSenderInfo.length, count: Int(count), of: RTCPReportBlock.self) else {
            return nil
        }
        let info = RTCPSenderInfo(
            ssrc: datagram.uint32(at: start),
            ntp: NTPTimestamp(rawValue: datagram.uint64(at: start + 4)),
            rtpTimestamp: datagram.uint32(at: start + 12),
            packetCount: datagram.uint32(at: start + 16),
            octetCount: datagram.uint32(at: start + 20)
        )
        return .senderReport(info, blocks)
    }

    private func receiverReport(in datagram: Span<UInt8>) -> RTCPPacket? {
        guard let blocks = entries(after: 4, count: Int(count), of: RTCPReportBlock.self) else { return nil }
        return .receiverReport(sender: datagram.uint32(at: range.lowerBound), blocks)
    }

    private func sourceDescription(in datagram: Span<UInt8>) -> RTCPPacket? {
        RTCPSourceDescription(chunks: Int(count), range: range, in: datagram).map { .sourceDescription($0) }
    }

    private func bye() -> RTCPPacket? {
        entries(after: 0, count: Int(count), of: RTCPSource.self).map { .bye($0) }
    }

    private func transportFeedback(in datagram: Span<UInt8>) -> RTCPPacket? {
        guard range.count >= 8 else { return nil }
        guard count == RTCPFeedbackFormat.missing else { return other }
        guard let missing = entries(after: 8, count: (range.count - 8) / 4, of: RTCPMissing.self), missing.count > 0 else {
            return nil
        }
        return .missing(
            sender: datagram.uint32(at: range.lowerBound), media: datagram.uint32(at: range.lowerBound + 4), missing)
    }

    private func payloadFeedback(in datagram: Span<UInt8>) -> RTCPPacket? {
        guard range.count >= 8 else { return nil }
        let sender = datagram.uint32(at: range.lowerBound)
        switch count {
        case RTCPFeedbackFormat.pictureLoss:
            return .pictureLoss(sender: sender, media: datagram.uint32(at: range.lowerBound + 4))
        case RTCPFeedbackFormat.fullIntra:
            let requests = entries(after: 8, count: (range.count - 8) / 8, of: RTCPFullIntraEntry.self)
            return requests.map { .fullIntra(sender: sender, $0) }
        case RTCPFeedbackFormat.application:
            guard range.count >= 12,
                datagram.uint32(at: range.lowerBound + 8) == RTCPFeedbackFormat.receiverEstimateMark
            else { return other }
            return receiverEstimate(sender: sender, in: datagram)
        default:
            return other
        }
    }

    private func receiverEstimate(sender: UInt32, in datagram: Span<UInt8>) -> RTCPPacket? {
        guard range.count >= 16 else { return nil }
        let numbers = datagram.uint32(at: range.lowerBound + 12)
        guard let sources = entries(after: 16, count: Int(numbers >> 24), of: RTCPSource.self) else { return nil }
        let exponent = UInt64(numbers >> 18 & 0x3F)
        let mantissa = UInt64(numbers & 0x3FFFF)
        // 18 bits moved up by as much as 63 places: what does not fit is as good as «no limit».
        let fits = mantissa.leadingZeroBitCount >= Int(exponent)
        return .receiverEstimate(sender: sender, bitsPerSecond: fits ? mantissa << exponent : .max, sources)
    }

    private func entries<Entry>(after head: Int, count: Int, of: Entry.Type) -> RTCPEntries<Entry>? {
        guard head + count * Entry.length <= range.count else { return nil }
        return RTCPEntries(start: range.lowerBound + head, count: count)
    }
}
