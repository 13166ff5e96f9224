import RTP

/// What a browser asks for by RTCP of the pictures that it is sent.
enum VideoFeedback {
    /// These numbers of a section's stream did not arrive.
    case missing(section: Int, RTCPMissing)
    /// It cannot go on without a whole picture.
    case keyframe(VideoSourceID)
}

extension BrowserLeg {
    /// Requests of one browser that wait to be done; one RTCP packet has no more that make sense.
    private static let feedbackLimit = 64

    // MARK: In

    /// The picture that a packet of this browser belongs to; `nil` if it is none.
    func picture(of header: RTPHeader, in packet: [UInt8], now: Duration) -> VideoSource? {
        guard !pictures.isEmpty else { return nil }
        if let known = pictures.first(where: { $0.owns(header.ssrc) }) { return known }
        // Not announced: the packet says by itself where it belongs (RFC 9143 section 9.2).
        for section in sections where !section.receiveVideo.isEmpty {
            guard let id = section.midExtensionID, let range = header.extensionElement(id: id, in: packet.span),
                section.mid.utf8.elementsEqual(packet[range]), let picture = pictures.first(where: { $0.mid == section.mid }),
                picture.takes(header.payloadType)
            else { continue }
            picture.adopt(header, now: now)
            return picture
        }
        return nil
    }

    func receive(feedback packet: RTCPPacket, in bytes: [UInt8], now: Duration) {
        switch packet {
        case .missing(_, let media, let entries):
            guard let index = showing.firstIndex(where: { $0.stream?.ssrc == media }) else { return }
            entries.forEach(in: bytes.span) { if feedback.count < Self.feedbackLimit { feedback.append(.missing(section: index, $0)) } }
        case .pictureLoss(_, let media): keyframeIsMissed(media)
        case .fullIntra(_, let entries): entries.forEach(in: bytes.span) { keyframeIsMissed($0.ssrc) }
        case .receiverEstimate(_, let bitsPerSecond, _): budget.estimated(bitsPerSecond, now: now)
        default: return
        }
    }

    private func keyframeIsMissed(_ ssrc: UInt32) {
        guard let source = showing.first(where: { $0.stream?.ssrc == ssrc })?.source else { return }
        // Beyond the limit, too: at most one for each section.
        if !feedback.contains(where: { if case .keyframe(source) = $0 { true } else { false } }) { feedback.append(.keyframe(source)) }
    }

    /// Whether it has that picture on, and may send it.
    func films(_ kind: VideoSourceID.Kind) -> Bool { switchedOn.includes(kind) && pictures.contains { $0.id.kind == kind } }

    // MARK: Out

    /// Shows each of `sources` in a section, as far as there are any; who has one keeps it.
    func show(_ sources: [VideoSourceID]) {
        for index in showing.indices {
            if let source = showing[index].source, !sources.contains(source) { showing[index].show(nil) }
        }
        for source in sources where !showing.contains(where: { $0.source == source }) {
            guard let free = showing.firstIndex(where: { $0.source == nil && $0.stream != nil }) else { return }
            showing[free].show(source)
        }
    }

    /// Forwards a packet of a picture to the section in which it is shown.
    ///
    /// - Returns: whether nothing can be shown before there is a whole picture.
    func forward(_ packet: [UInt8], _ seen: VideoSource.Seen, of source: VideoSourceID, now: Duration, into batch: inout PacketBatch) -> Bool {
        guard let transport, transport.isEstablished, let index = showing.firstIndex(where: { $0.source == source }) else { return false }
        // What it cannot decode in any case is not worth a whole picture.
        guard let stream = showing[index].stream, stream.format(of: seen.codec) != nil else { return false }
        if seen.isPadding {
            showing[index].forwarder.remove(ssrc: seen.header.ssrc, sequenceNumber: seen.header.sequenceNumber)
            return false
        }
        guard let (payloadType, heading) = showing[index].heading(of: seen, now: now) else { return showing[index].awaitsKeyframe }
        transport.send(into: &batch) { arena in
            RTPHeader.write(
                payloadType: payloadType, marker: heading.marker, sequenceNumber: heading.sequenceNumber, timestamp: heading.timestamp,
                ssrc: stream.ssrc, extensions: stream.extensions(now: now), to: &arena)
            arena.append(contentsOf: packet[seen.header.payload])
        }
        showing[index].statistics.send(payloadLength: seen.header.payload.count, timestamp: heading.timestamp, now: now)
        videoRate.count(seen.header.payload.count, now: now)
        return false
    }

    /// Sends again what a section's receiver misses, as far as it is still kept.
    ///
    /// Under numbers of its own: the same number twice would give the key of the packet away (RFC 7714 section 8.1), so a browser
    /// without RTX is sent a whole picture when it asks for one, and nothing twice.
    func sendAgain(_ missing: RTCPMissing, section index: Int, of source: VideoSource, now: Duration, into batch: inout PacketBatch) {
        guard let transport, transport.isEstablished, showing.indices.contains(index), showing[index].source == source.id,
            let stream = showing[index].stream
        else { return }
        let path = budget.bitsPerSecond(now: now)
        var isSpent = false
        missing.forEach { number in
            guard !isSpent, let original = showing[index].forwarder.sourceNumber(ofSent: number), let packet = source.cache[original],
                let header = RTPHeader(packet.span), let codec = source.codec(of: header.payloadType),
                let type = stream.format(of: codec)?.retransmissionType
            else { return }
            // What is too much now is too much for all that this request asks for: they come again with the next.
            isSpent = !showing[index].mayRepeat(packet.count, path: path, now: now)
            guard !isSpent else { return }
            let timestamp = showing[index].forwarder.sentTimestamp(of: header.timestamp)
            let repeated = showing[index].nextRetransmissionNumber()
            transport.send(into: &batch) { arena in
                RTPHeader.write(
                    payloadType: type, marker: header.marker, sequenceNumber: repeated, timestamp: timestamp, ssrc: stream.retransmissionSSRC,
                    extensions: stream.extensions(now: now), to: &arena)
                Retransmission.appendNumber(number, to: &arena)
                arena.append(contentsOf: packet[header.payload])
            }
        }
    }

    /// Asks the browser for what is missing of its picture.
    func request(of picture: VideoSource, now: Duration, into batch: inout PacketBatch) {
        guard let transport, transport.isEstablished, picture.hasRequests(now: now) else { return }
        let roundTrip = roundTrip
        let reporter = reporter
        transport.sendRTCP(into: &batch) { arena in
            _ = picture.appendRequests(sender: reporter, roundTrip: roundTrip, now: now, to: &arena)
        }
    }

    /// Tells the browser how much it should send of its pictures, in all.
    func limit(_ bitsPerSecond: UInt64, of sources: [UInt32], into batch: inout PacketBatch) {
        guard let transport, transport.isEstablished else { return }
        let reporter = reporter
        transport.sendRTCP(into: &batch) { arena in
            RTCPWriter.appendReceiverReport(sender: reporter, to: &arena)
            RTCPWriter.appendReceiverEstimate(bitsPerSecond: bitsPerSecond, sources: sources, sender: reporter, to: &arena)
        }
    }
}

extension VideoSendStream {
    /// What each packet of the stream carries in its header.
    fileprivate func extensions(now: Duration) -> RTPOutgoingExtensions? {
        // 6 bits of seconds and 18 of their fraction.
        sendTimeExtensionID.map { RTPOutgoingExtensions(absoluteSendTime: ($0, UInt32(truncatingIfNeeded: now.units(at: 1 << 18)) & 0xFF_FFFF)) }
    }
}
