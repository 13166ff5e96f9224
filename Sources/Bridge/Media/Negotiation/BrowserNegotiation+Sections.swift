import SDP

extension BrowserNegotiation {
    /// Gives new sections their purpose, and keeps that of the others.
    mutating func takeOver(_ offered: [OfferedSection], demand: SectionDemand) throws(NegotiationError) {
        guard offered.count >= sections.count else { throw .sectionChanged(section: offered.count) }
        let isFirst = sections.isEmpty
        var spares: [Int] = []
        for section in offered {
            if section.index < sections.count {
                let known = sections[section.index]
                if known.mid == section.mid, known.kind == section.media.kind, !known.isRejected || section.isRejected {
                    sections[section.index].isRejected = section.isRejected
                    continue
                }
                // Only the place of a section that is no more may be taken by another.
                guard known.isRejected else { throw .sectionChanged(section: section.index) }
            }
            let purpose = purpose(of: section)
            let new = Section(
                mid: section.mid, kind: section.media.kind, purpose: purpose ?? .unused, isRejected: section.isRejected)
            if section.index < sections.count {
                sections[section.index] = new
            } else {
                sections.append(new)
            }
            if purpose == nil { spares.append(section.index) }
        }

        if isFirst, let last = spares.last, !offered[last].phoneFormats.isEmpty {
            sections[last].purpose = .phone
            spares.removeLast()
        }
        for index in spares {
            sections[index].purpose = sparePurpose(offered[index], demand)
        }
    }

    /// What a new section is for; `nil` for one in which the browser wants to hear somebody.
    private func purpose(of section: OfferedSection) -> SectionPurpose? {
        if section.isRejected { return .unused }
        switch section.media.kind {
        case .audio where count(of: .microphone) == 0: return .microphone
        case .audio: return section.direction.receives ? nil : .unused
        case .video where section.direction == .receiveOnly: return .browserVideo
        case .video where count(of: .camera) == 0: return .camera
        case .video where count(of: .screen) == 0: return .screen
        case .video, .application, .other: return .unused
        }
    }

    /// Where a spare is missed most, of what its codecs allow: a live section has one for either purpose.
    private func sparePurpose(_ section: OfferedSection, _ demand: SectionDemand) -> SectionPurpose {
        if section.phoneFormats.isEmpty { return .browserAudio }
        if section.browserFormats.isEmpty { return .phone }
        let phones = count(of: .phone)
        if phones < demand.phones { return .phone }
        if count(of: .browserAudio) < demand.browsers { return .browserAudio }
        return phones == 0 ? .phone : .browserAudio
    }

    /// Gives an SSRC to every section in which somebody may be heard.
    ///
    /// What has one keeps it, so that a source that went away does not disturb the one that takes its section.
    mutating func allotSources(_ offered: [OfferedSection], using generator: inout some RandomNumberGenerator) {
        var taken = Set(
            offered.flatMap { $0.media.attributes.sources.map(\.ssrc) } + sections.flatMap { [$0.ssrc, $0.retransmissionSSRC].compactMap(\.self) })
        for index in sections.indices where sections[index].ssrc == nil && !sections[index].isRejected {
            guard [.phone, .browserAudio, .browserVideo].contains(sections[index].purpose) else { continue }
            sections[index].ssrc = Self.freshSource(&taken, using: &generator)
            if sections[index].purpose == .browserVideo { sections[index].retransmissionSSRC = Self.freshSource(&taken, using: &generator) }
        }
    }

    private static func freshSource(_ taken: inout Set<UInt32>, using generator: inout some RandomNumberGenerator) -> UInt32 {
        var ssrc = UInt32(truncatingIfNeeded: generator.next())
        // Ends: more numbers than can be taken. 0 is avoided because some treat it as none.
        while ssrc == 0 || !taken.insert(ssrc).inserted { ssrc &+= 1 }
        return ssrc
    }
}
