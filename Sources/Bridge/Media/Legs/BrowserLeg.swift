import ICE
import RTP

/// One browser in a room: its connection, its negotiated sections, what it says and what it is sent.
final class BrowserLeg {
    let id: LegID
    private(set) var transport: BrowserTransport?
    private var negotiation = BrowserNegotiation()
    private(set) var sections: [NegotiatedSection] = []
    var microphone = MicrophoneStream()
    /// Of the microphone's packets.
    private(set) var allowance = PacketAllowance()
    /// Of its RTCP: one NACK may ask for a thousand packets, so that few datagrams would make much work for the whole thread.
    private var controlAllowance = PacketAllowance.control
    /// What it says is counted, and heard by nobody.
    var isMuted = false
    /// Whether what it said last was forwarded.
    var isSpread = false
    /// Where it hears phones and other browsers.
    private(set) var sending: [SendSection] = []
    /// Where it sees others.
    var showing: [VideoSection] = []
    /// What it may send of its camera and its screen.
    private(set) var pictures: [VideoSource] = []
    /// Which of them are switched on.
    var switchedOn: VideoSourceID.Kinds = []
    /// The pictures that its page shows, most important first; `nil` as long as it has not said.
    var view: [VideoSourceID]?
    /// What of that is there to be shown, as it was found when it may have changed last.
    var wanted: [VideoSourceID] = []
    var budget = VideoBudget()
    var videoRate = BitrateMeter()
    /// What it may send of its pictures, for the sake of those who show them; `nil`: as much as it likes.
    var allowed: UInt64?
    /// How often it is still told that it may send more again: a packet may be lost, and nobody asks for it.
    var lifts = 0
    /// What it asked for by RTCP, until the room has done it.
    var feedback: [VideoFeedback] = []
    /// What it was last told of its sections.
    var toldPlan = SectionPlan(audioSections: 2, sources: [:])
    private var nextReport: Duration
    let cname: [UInt8]
    /// Packets of pictures between two reports from which their loss can be told.
    private static let tellingCount: Int64 = 20

    init(id: LegID, cname: [UInt8], now: Duration) {
        self.id = id
        self.cname = cname
        nextReport = now
    }

    // MARK: Negotiation

    /// What an offer did to the connection.
    enum Renewal {
        case none
        /// Another `o=` session id: a new RTCPeerConnection has replaced the old one, if there was one.
        case replaced(BrowserTransport?)
        /// New ICE credentials on the same connection; `forgotten` are those of a restart that never came to its end.
        case restartedICE(forgotten: String?)
    }

    /// Answers an offer. One that fails leaves everything as it was: a connection that works goes on working.
    ///
    /// - Parameter demand: whom this browser should be able to hear at a time.
    func offer(
        _ sdp: String, candidates: [String], demand: SectionDemand, toolbox: any MediaToolbox, now: Duration,
        generator: inout some RandomNumberGenerator
    ) throws(OfferError) -> (answer: String, renewal: Renewal) {
        let sessionID = BrowserNegotiation.sessionID(of: sdp)
        let current = transport.flatMap { $0.sessionID == sessionID ? $0 : nil }
        var negotiation = current == nil ? BrowserNegotiation() : self.negotiation
        let restarts = current != nil && negotiation.restartsICE(sdp)
        let credentials = restarts ? ICECredentials(random: &generator) : current?.local ?? ICECredentials(random: &generator)
        let local = LocalTransport(
            ufrag: credentials.ufrag, pwd: credentials.password, fingerprint: toolbox.fingerprint, candidateLines: candidates)
        let answer: NegotiatedAnswer
        do throws(NegotiationError) {
            answer = try negotiation.answer(sdp, local: local, demand: demand, using: &generator)
        } catch {
            throw .negotiation(error)
        }

        var renewal = Renewal.none
        if let current {
            if restarts {
                renewal = .restartedICE(forgotten: current.restartICE(local: credentials, remoteUfrag: answer.remote.ufrag))
            }
        } else {
            guard
                let fresh = BrowserTransport(
                    sessionID: sessionID ?? "", local: credentials, remoteUfrag: answer.remote.ufrag, fingerprint: answer.remote.fingerprint,
                    toolbox: toolbox, now: now)
            else { throw .transportUnavailable }
            renewal = .replaced(transport)
            transport = fresh
            sending.removeAll()
            showing.removeAll()
            pictures.removeAll()
            budget = VideoBudget()
            videoRate = BitrateMeter()
            microphone = MicrophoneStream()
        }
        self.negotiation = negotiation
        sections = answer.sections
        // A section that was stopped has given its place to another.
        sending.removeAll { known in !sections.contains { $0.mid == known.mid && !$0.isRejected } }
        for section in sections {
            guard let stream = section.send, !sending.contains(where: { $0.mid == section.mid }) else { continue }
            sending.append(SendSection(mid: section.mid, purpose: section.purpose, stream: stream, generator: &generator))
        }
        takeOverVideo(using: &generator)
        return (answer.sdp, renewal)
    }

    /// Receive sections that the page must offer in all, so that `demand` can be heard.
    func receiveSections(for demand: SectionDemand) -> Int { negotiation.receiveSections(for: demand) }

    /// The same for pictures.
    func videoSections(for demand: SectionDemand) -> Int { negotiation.videoSections(for: demand) }

    private func takeOverVideo(using generator: inout some RandomNumberGenerator) {
        // One that the browser does not look at for a while goes on afterwards: its numbers may not begin anew under their SSRC.
        showing.removeAll { known in !sections.contains { $0.mid == known.mid && !$0.isRejected } }
        for index in showing.indices {
            showing[index].stream = sections.first { $0.mid == showing[index].mid }?.sendVideo
            if showing[index].stream == nil { showing[index].show(nil) }
        }
        pictures.removeAll { known in !sections.contains { $0.mid == known.mid && !$0.receiveVideo.isEmpty } }
        for section in sections {
            if let stream = section.sendVideo, !showing.contains(where: { $0.mid == section.mid }) {
                showing.append(VideoSection(mid: section.mid, stream: stream, generator: &generator))
            }
            guard !section.receiveVideo.isEmpty else { continue }
            if let known = pictures.first(where: { $0.mid == section.mid }) {
                known.formats = section.receiveVideo
            } else {
                let kind: VideoSourceID.Kind = section.purpose == .screen ? .screen : .camera
                pictures.append(
                    VideoSource(
                        id: VideoSourceID(leg: id, kind: kind), mid: section.mid, announced: section.remoteSSRCs, formats: section.receiveVideo))
            }
        }
    }

    /// Gives each of `sources` a section of that purpose, as far as there are any; who has one keeps it.
    func assign(_ sources: [LegID], to purpose: SectionPurpose) {
        for index in sending.indices where sending[index].purpose == purpose {
            if let source = sending[index].source, !sources.contains(source) { sending[index].source = nil }
        }
        for source in sources where !sending.contains(where: { $0.source == source }) {
            guard let free = sending.firstIndex(where: { $0.purpose == purpose && $0.source == nil }) else { return }
            sending[free].source = source
            // What it said while nobody heard it here was not lost.
            sending[free].forwarder.interrupt()
        }
    }

    func dropTransport() -> BrowserTransport? {
        defer { transport = nil }
        return transport
    }

    // MARK: Media in

    /// Takes a decrypted RTP packet from the browser that is not of a picture.
    /// - Returns: what it is, if it is of the microphone.
    func receiveRTP(_ packet: [UInt8], _ header: RTPHeader, now: Duration) -> (header: RTPHeader, codec: AudioCodec)? {
        guard !header.payload.isEmpty else { return nil }
        for section in sections where section.purpose == .microphone {
            guard let format = section.receive.first(where: { $0.payloadType == header.payloadType }) else { continue }
            guard allowance.take(now: now) else { return nil }
            let level = section.audioLevelExtensionID.flatMap { header.audioLevel(id: $0, in: packet.span)?.attenuation }
            microphone.receive(packet, header, codec: format.codec, level: level, isHeard: !isMuted, now: now)
            return (header, format.codec)
        }
        return nil
    }

    /// Takes a decrypted compound RTCP packet from the browser.
    func receiveRTCP(_ packet: [UInt8], now: Duration, wallClock: NTPTimestamp) {
        guard controlAllowance.take(now: now) else { return }
        var cursor = RTCPCursor()
        while let next = cursor.next(in: packet.span) {
            switch next {
            case .senderReport(let info, let blocks):
                microphone.receive(info, now: now)
                for picture in pictures { picture.receive(info, now: now) }
                receive(blocks, in: packet, arrival: wallClock, now: now)
            case .receiverReport(_, let blocks): receive(blocks, in: packet, arrival: wallClock, now: now)
            default: receive(feedback: next, in: packet, now: now)
            }
        }
    }

    private func receive(_ blocks: RTCPEntries<RTCPReportBlock>, in packet: [UInt8], arrival: NTPTimestamp, now: Duration) {
        var lost: (lost: Int64, of: Int64) = (0, 0)
        blocks.forEach(in: packet.span) { block in
            if let index = sending.firstIndex(where: { $0.stream.ssrc == block.ssrc }) {
                sending[index].statistics.receive(block, arrival: arrival)
            } else if let index = showing.firstIndex(where: { $0.stream?.ssrc == block.ssrc }) {
                showing[index].statistics.receive(block, arrival: arrival)
                guard let loss = showing[index].loss(block) else { return }
                lost = (lost.lost &+ loss.lost, lost.of &+ loss.of)
            }
        }
        if lost.of >= Self.tellingCount { budget.lost(UInt8(clamping: lost.lost &* 256 / lost.of), now: now) }
    }

    /// The last round trip that could be told; a usual one before that.
    var roundTrip: Duration {
        showing.lazy.compactMap(\.statistics.roundTrip).first ?? sending.lazy.compactMap(\.statistics.roundTrip).first ?? .milliseconds(60)
    }

    // MARK: Media out

    /// Forwards a packet of another leg to the section in which that leg is heard.
    func forward(_ packet: [UInt8], _ header: RTPHeader, from source: LegID, codec: AudioCodec, now: Duration, into batch: inout PacketBatch) {
        guard let transport, transport.isEstablished, let index = sending.firstIndex(where: { $0.source == source }) else { return }
        guard let payloadType = sending[index].stream.payloadType(of: codec) else { return }
        guard
            let heading = sending[index].forwarder.forward(
                ssrc: header.ssrc, sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, marker: header.marker, now: now)
        else { return }
        let ssrc = sending[index].stream.ssrc
        transport.send(into: &batch) { arena in
            RTPHeader.write(
                payloadType: payloadType, marker: heading.marker, sequenceNumber: heading.sequenceNumber, timestamp: heading.timestamp,
                ssrc: ssrc, to: &arena)
            arena.append(contentsOf: packet[header.payload])
        }
        sending[index].statistics.send(payloadLength: header.payload.count, timestamp: heading.timestamp, now: now)
    }

    /// A phone's packet is not for browsers: its number closes up, its time stays.
    func remove(_ header: RTPHeader, from phone: LegID) {
        guard let index = sending.firstIndex(where: { $0.source == phone }) else { return }
        sending[index].forwarder.remove(ssrc: header.ssrc, sequenceNumber: header.sequenceNumber)
    }

    /// A browser takes reports and requests from any source of the session, also from one that never sent.
    var reporter: UInt32 { sending.first?.stream.ssrc ?? 1 }

    /// A voice pauses: what comes of it next begins anew.
    func interrupt(_ source: LegID) {
        guard let index = sending.firstIndex(where: { $0.source == source }) else { return }
        sending[index].forwarder.interrupt()
    }

    /// Sends reports once a second (RFC 3550 section 6.4): what we sent, and how the microphone arrived.
    func report(now: Duration, wallClock: NTPTimestamp, into batch: inout PacketBatch) {
        guard nextReport <= now, let transport, transport.isEstablished else { return }
        nextReport = now + .seconds(1)
        var blocks = (microphone.reportBlock(now: now).map { [$0] } ?? []) + pictures.compactMap { $0.reportBlock(now: now) }
        let senders =
            sending.compactMap { $0.statistics.senderInfo(ssrc: $0.stream.ssrc, ntp: wallClock, now: now) }
            + showing.compactMap { section in
                section.source == nil
                    ? nil : section.stream.flatMap { section.statistics.senderInfo(ssrc: $0.ssrc, ntp: wallClock, now: now) }
            }
        let reporter = reporter
        guard !senders.isEmpty || !blocks.isEmpty else { return }
        transport.sendRTCP(into: &batch) { arena in
            for info in senders {
                RTCPWriter.appendSenderReport(info, blocks: blocks, to: &arena)
                blocks = []
            }
            if senders.isEmpty { RTCPWriter.appendReceiverReport(sender: reporter, blocks: blocks, to: &arena) }
            RTCPWriter.appendCanonicalName(cname, of: reporter, to: &arena)
        }
    }
}
