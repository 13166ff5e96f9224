import SDP

/// What is answered for one section, before the transport is added to it.
struct SectionAnswer {
    var section: NegotiatedSection
    var media: MediaDescription
}

extension BrowserNegotiation {
    /// Answers one section by its purpose.
    mutating func answer(_ offered: OfferedSection) throws(NegotiationError) -> SectionAnswer {
        let known = sections[offered.index]
        guard !offered.isRejected else { return rejection(of: offered) }
        switch known.purpose {
        case .microphone:
            return try microphone(offered)
        case .phone:
            return try sending(offered, formats: offered.phoneFormats)
        case .browserAudio:
            return try sending(offered, formats: offered.browserFormats)
        case .camera, .screen:
            return receiving(offered)
        case .browserVideo:
            return sending(offered, video: offered.videoFormats)
        case .unused:
            return offered.media.kind == .video ? inactiveVideo(offered) : inactiveAudio(offered)
        }
    }

    /// Opus if there is any, else every other codec that the bridge decodes.
    private mutating func microphone(_ offered: OfferedSection) throws(NegotiationError) -> SectionAnswer {
        var formats = offered.formats(of: [.opus])
        if formats.isEmpty { formats = offered.formats(of: [.g722, .pcmu, .pcma]) }
        try fixClock(of: offered, formats)
        var answer = answer(offered, formats, direction: Direction(sends: false, receives: offered.direction.sends))
        answer.media.attributes.append("ptime", "20")
        if let level = offered.headerExtension(HeaderExtension.audioLevel), level.direction?.sends ?? true {
            answer.media.attributes.append(HeaderExtension(id: level.id, direction: level.direction?.reversed, uri: level.uri))
            answer.section.audioLevelExtensionID = UInt8(level.id)
        }
        guard answer.section.direction.receives else { return answer }
        answer.section.receive = formats
        answer.section.remoteSSRCs = offered.sources
        return answer
    }

    /// A section in which the bridge sends as soon as it has a source and the browser listens.
    private mutating func sending(_ offered: OfferedSection, formats: [PayloadFormat]) throws(NegotiationError) -> SectionAnswer {
        guard !formats.isEmpty else { throw .noCodec(section: offered.index) }
        try fixClock(of: offered, formats)
        guard let ssrc = sections[offered.index].ssrc, offered.direction.receives else {
            return answer(offered, formats, direction: .inactive)
        }
        var answer = answer(offered, formats, direction: .sendOnly)
        // A stream for each: browsers would delay the tracks of one stream to play them in step.
        let stream = MediaStreamID(stream: "\(cname)-\(offered.index)", track: "\(cname)-\(offered.index)-audio")
        answer.media.attributes.append(stream)
        answer.media.attributes.append(SourceAttribute(ssrc: ssrc, Attribute("cname", cname)))
        answer.section.send = SendStream(ssrc: ssrc, cname: cname, formats: formats)
        return answer
    }

    /// Holds a section to the RTP clock of its first answer: a receiver cannot follow a change (RFC 7160 section 2).
    private mutating func fixClock(of offered: OfferedSection, _ formats: [PayloadFormat]) throws(NegotiationError) {
        let clock = formats.first?.codec.clockRate
        guard let clock, clock == sections[offered.index].clockRate ?? clock else { throw .noCodec(section: offered.index) }
        sections[offered.index].clockRate = clock
    }

    /// An audio section with the given codecs.
    private func answer(_ offered: OfferedSection, _ formats: [PayloadFormat], direction: Direction) -> SectionAnswer {
        var answer = shell(offered, formats: formats.map(\.payloadType), direction: direction)
        for format in formats {
            answer.media.attributes.append(
                RTPMap(
                    payloadType: format.payloadType, encoding: format.codec.encoding,
                    clockRate: format.codec.clockRate, channels: format.codec.channels))
            if format.codec == .opus {
                answer.media.attributes.append(FormatParameters(format: "\(format.payloadType)", parameters: Self.opusParameters))
            }
        }
        return answer
    }

    /// What the bridge asks of an Opus sender (RFC 7587 section 6.1): redundancy for loss, mono, and no pauses,
    /// which the level and the playout of speakers would have to guess at.
    private static let opusParameters: [FormatParameters.Parameter] = [
        .init("minptime", "10"), .init("useinbandfec", "1"), .init("stereo", "0"), .init("usedtx", "0"),
    ]

    /// The browser's own picture.
    private func receiving(_ offered: OfferedSection) -> SectionAnswer {
        let formats = offered.videoFormats
        guard !formats.isEmpty, offered.direction.sends else { return inactiveVideo(offered) }
        var answer = answer(offered, formats, direction: .receiveOnly)
        answer.section.receiveVideo = formats
        let pair = offered.media.attributes.sourceGroups.first { $0.semantics == "FID" }?.sources
        answer.section.remoteSSRCs = pair.map { Array($0.prefix(2)) } ?? Array(offered.sources.prefix(1))
        return answer
    }

    /// A section in which the bridge sends a picture as soon as it has one and the browser looks.
    private func sending(_ offered: OfferedSection, video formats: [VideoFormat]) -> SectionAnswer {
        let known = sections[offered.index]
        guard !formats.isEmpty, let ssrc = known.ssrc, let repeats = known.retransmissionSSRC, offered.direction.receives else {
            return inactiveVideo(offered)
        }
        var answer = answer(offered, formats, direction: .sendOnly)
        var stream = VideoSendStream(ssrc: ssrc, retransmissionSSRC: repeats, formats: formats)
        if let time = offered.headerExtension(HeaderExtension.sendTime), time.direction != .inactive {
            answer.media.attributes.append(HeaderExtension(id: time.id, direction: time.direction?.reversed, uri: time.uri))
            stream.sendTimeExtensionID = UInt8(time.id)
        }
        answer.media.attributes.append(MediaStreamID(stream: "\(cname)-\(offered.index)", track: "\(cname)-\(offered.index)-video"))
        if formats.contains(where: { $0.retransmissionType != nil }) {
            answer.media.attributes.append(SourceGroup(semantics: "FID", sources: [ssrc, repeats]))
            answer.media.attributes.append(SourceAttribute(ssrc: ssrc, Attribute("cname", cname)))
            answer.media.attributes.append(SourceAttribute(ssrc: repeats, Attribute("cname", cname)))
        } else {
            answer.media.attributes.append(SourceAttribute(ssrc: ssrc, Attribute("cname", cname)))
        }
        answer.section.sendVideo = stream
        return answer
    }

    /// A video section with the given codecs, their feedback, and the formats in which they are sent again.
    private func answer(_ offered: OfferedSection, _ formats: [VideoFormat], direction: Direction) -> SectionAnswer {
        let types = formats.flatMap { [$0.payloadType] + ($0.retransmissionType.map { [$0] } ?? []) }
        var answer = shell(offered, formats: types, direction: direction)
        for format in formats {
            answer.media.attributes.append(RTPMap(payloadType: format.payloadType, encoding: format.codec.encoding, clockRate: VideoCodec.clockRate))
            for type in format.feedback { answer.media.attributes.append(RTCPFeedback(payloadType: format.payloadType, type: type)) }
            if let parameters = format.parameters { answer.media.attributes.append(parameters) }
            guard let repeats = format.retransmissionType else { continue }
            answer.media.attributes.append(RTPMap(payloadType: repeats, encoding: "rtx", clockRate: VideoCodec.clockRate))
            answer.media.attributes.append(
                FormatParameters(format: "\(repeats)", parameters: [.init("apt", "\(format.payloadType)")]))
        }
        return answer
    }

    /// Video that has no use: its codecs are kept, so that a later answer can let it flow.
    private func inactiveVideo(_ offered: OfferedSection) -> SectionAnswer {
        var answer = shell(offered, formats: offered.maps.map(\.payloadType), direction: .inactive)
        let parameters = Dictionary(offered.media.attributes.every(FormatParameters.self).map { ($0.format, $0) }) { first, _ in first }
        for map in offered.maps {
            answer.media.attributes.append(map)
            if let parameters = parameters["\(map.payloadType)"] { answer.media.attributes.append(parameters) }
        }
        return answer
    }

    private func inactiveAudio(_ offered: OfferedSection) -> SectionAnswer {
        answer(offered, offered.formats(of: [.opus, .g722, .pcmu, .pcma]), direction: .inactive)
    }

    /// What every live section has: its mid, its direction, the MID header extension.
    private func shell(_ offered: OfferedSection, formats: [UInt8], direction: Direction) -> SectionAnswer {
        var answer = SectionAnswer(
            section: NegotiatedSection(offered, purpose: sections[offered.index].purpose, direction: direction),
            media: MediaDescription(
                kind: offered.media.kind, port: 9, transport: offered.media.transport, formats: formats.map { "\($0)" }))
        answer.media.attributes.append("mid", offered.mid)
        answer.media.attributes.append(direction)
        answer.media.attributes.append("rtcp-mux")
        if let mid = offered.headerExtension(HeaderExtension.mid), mid.direction != .inactive {
            answer.media.attributes.append(HeaderExtension(id: mid.id, direction: mid.direction?.reversed, uri: mid.uri))
            // A longer one does not fit the one-byte form of the extension (RFC 8285 section 4.2).
            if offered.mid.utf8.count <= 16 { answer.section.midExtensionID = UInt8(mid.id) }
        }
        return answer
    }

    private func rejection(of offered: OfferedSection) -> SectionAnswer {
        var media = MediaDescription(
            kind: offered.media.kind, port: 0, transport: offered.media.transport, formats: Array(offered.media.formats.prefix(1)))
        media.attributes.append("mid", offered.mid)
        var section = NegotiatedSection(offered, purpose: sections[offered.index].purpose, direction: .inactive)
        section.isRejected = true
        return SectionAnswer(section: section, media: media)
    }
}

extension NegotiatedSection {
    /// A section in which nothing flows.
    fileprivate init(_ offered: OfferedSection, purpose: SectionPurpose, direction: Direction) {
        self.init(
            mid: offered.mid, index: offered.index, kind: offered.media.kind, purpose: purpose, direction: direction,
            isRejected: false, send: nil, receive: [], remoteSSRCs: [], midExtensionID: nil, audioLevelExtensionID: nil)
    }
}

extension HeaderExtension {
    /// RFC 6464.
    fileprivate static let audioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
    /// The time of sending (WebRTC's abs-send-time).
    fileprivate static let sendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
    /// RFC 9143 section 15.
    fileprivate static let mid = "urn:ietf:params:rtp-hdrext:sdes:mid"
}

extension OfferedSection {
    /// The sources that the browser announced, each once, at most 16.
    fileprivate var sources: [UInt32] {
        var seen: Set<UInt32> = []
        let sources = media.attributes.sources.map(\.ssrc).filter { seen.insert($0).inserted }
        return Array(sources.prefix(16))
    }
}
