import SDP

/// One section of an offer, checked as far as it concerns every kind of section.
struct OfferedSection {
    let index: Int
    let mid: String
    let media: MediaDescription
    let direction: Direction
    /// What its payload types stand for, as far as the bridge knows those codecs, in the browser's order.
    let maps: [RTPMap]
    /// Stopped, not RTP over DTLS, or without a codec that the bridge knows: neither audio nor video, for example.
    let isRejected: Bool

    /// Reads the sections of an offer.
    /// - Throws: `NegotiationError` unless every section has a mid, and every live one is bundled and multiplexed.
    static func all(of offer: SessionDescription) throws(NegotiationError) -> [OfferedSection] {
        guard offer.media.count <= NegotiationError.maximumSections else { throw .tooManySections(offer.media.count) }
        guard let bundle = offer.attributes.bundle else { throw .notBundled(section: -1) }
        let bundled = Set(bundle.mids)
        var seen: Set<String> = []
        var sections: [OfferedSection] = []
        for (index, media) in offer.media.enumerated() {
            guard let mid = media.attributes.mid, mid.utf8.count <= 64, seen.insert(mid).inserted else {
                throw .badMID(section: index)
            }
            let maps = knownMaps(of: media)
            let section = OfferedSection(
                index: index, mid: mid, media: media, direction: offer.direction(of: media), maps: maps,
                isRejected: media.isRejected || !transports.contains(media.transport) || maps.isEmpty)
            if !section.isRejected {
                guard bundled.contains(mid) else { throw .notBundled(section: index) }
                guard media.attributes.isRTCPMultiplexed else { throw .notMultiplexed(section: index) }
            }
            sections.append(section)
        }
        return sections
    }

    /// What may run over DTLS-SRTP (RFC 5764 section 8); the second is how it was once written (RFC 8829 section 5.1.2).
    private static let transports: Set<String> = ["UDP/TLS/RTP/SAVPF", "RTP/SAVPF", "UDP/TLS/RTP/SAVP", "RTP/SAVP"]

    /// What the browser calls each of `codecs`, in that order; a codec it does not offer is left out.
    func formats(of codecs: [AudioCodec]) -> [PayloadFormat] {
        codecs.compactMap { codec in
            maps.first { codec.isNamed(by: $0) }.map { PayloadFormat(payloadType: $0.payloadType, codec: codec) }
        }
    }

    /// What a phone is heard in; PCMU first, because that is what the bridge transcodes to.
    var phoneFormats: [PayloadFormat] { formats(of: [.pcmu, .pcma, .g722]) }
    /// What another browser is heard in.
    var browserFormats: [PayloadFormat] { formats(of: [.opus]) }

    /// 64 to 95 are left out: multiplexed with RTCP they look like its packet types (RFC 5761 section 4).
    private static func knownMaps(of media: MediaDescription) -> [RTPMap] {
        var written: [UInt8: RTPMap] = [:]
        for map in media.attributes.rtpMaps where written[map.payloadType] == nil {
            written[map.payloadType] = map
        }
        var seen: Set<UInt8> = []
        return media.payloadTypes.compactMap { payloadType in
            guard !(64...95).contains(payloadType), seen.insert(payloadType).inserted,
                let map = written[payloadType] ?? RTPMap.assigned(to: payloadType)
            else { return nil }
            return isKnown(map, kind: media.kind) ? map : nil
        }
    }

    private static func isKnown(_ map: RTPMap, kind: MediaKind) -> Bool {
        switch kind {
        case .audio: AudioCodec.allCases.contains { $0.isNamed(by: map) }
        case .video: map.clockRate == 90_000 && videoEncodings.contains(map.encoding.uppercased())
        case .application, .other: false
        }
    }

    /// Pictures; no retransmission or redundancy formats, which mean nothing without them.
    private static let videoEncodings: Set<String> = ["VP8", "VP9", "AV1", "H264", "H265"]

    /// The extension of that name. Only numbers of the one-byte form (RFC 8285 section 4.2) count: the other is not spoken.
    func headerExtension(_ uri: String) -> HeaderExtension? {
        media.attributes.headerExtensions.first { $0.uri == uri && (1...14).contains($0.id) }
    }
}

extension AudioCodec {
    /// Whether an `rtpmap` stands for this codec.
    fileprivate func isNamed(by map: RTPMap) -> Bool {
        map.encodes(encoding, clockRate: clockRate) && map.channels == channels
    }
}
