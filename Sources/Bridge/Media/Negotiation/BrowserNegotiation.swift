import SDP

/// Answers the offers of one RTCPeerConnection, from the first to the last (RFC 8829, RFC 9143).
///
/// The bridge is ICE-lite and DTLS passive; everything is bundled on one transport. Sections keep their purpose
/// and their SSRC, and are never removed. A value without a clock or a socket: an offer that fails changes nothing.
public struct BrowserNegotiation: Sendable, Equatable {
    /// What is remembered of a section between offers.
    struct Section: Sendable, Equatable {
        var mid: String
        var kind: MediaKind
        var purpose: SectionPurpose
        /// Rejected or stopped: its place may be taken by a new section (RFC 8829 section 5.2.2).
        var isRejected = false
        /// Given when the bridge first may send here.
        var ssrc: UInt32?
        /// Given with it, where packets may be sent again.
        var retransmissionSSRC: UInt32?
        /// Of the codecs that the section began with.
        var clockRate: UInt32?
    }

    /// The session id of the browser's `o=` line, once there was an offer.
    private(set) var remoteSessionID: String?
    private(set) var remote: RemoteTransport?
    var sections: [Section] = []
    private var localSessionID: UInt64 = 0
    private var version: UInt64 = 0
    var cname = ""

    public init() {}

    /// The session id of an offer; `nil` if it cannot be read. Another one than before is another RTCPeerConnection.
    public static func sessionID(of offer: String) -> String? {
        (try? SessionDescription(parsing: offer))?.origin.sessionID
    }

    /// Whether the offer has other ICE credentials than the one before: then the answer needs new ones too
    /// (RFC 8839 section 4.4.1.1.1). `false` for the first offer, and for one that cannot be answered.
    public func restartsICE(_ offer: String) -> Bool {
        guard let remote, let offer = try? SessionDescription(parsing: offer), let sections = try? OfferedSection.all(of: offer),
            let carrier = Self.carrier(of: sections, in: offer), let transport = try? OfferedTransport(of: carrier.media, in: offer)
        else { return false }
        return transport.ufrag != remote.ufrag || transport.pwd != remote.pwd
    }

    /// How many receive sections the page must offer in all, so that `demand` is met and nothing that is there is given up.
    public func receiveSections(for demand: SectionDemand) -> Int {
        let phones = count(of: .phone)
        let browsers = count(of: .browserAudio)
        return max(phones, demand.phones) + max(browsers, demand.browsers)
    }

    /// The same for pictures.
    public func videoSections(for demand: SectionDemand) -> Int { max(count(of: .browserVideo), demand.videos) }

    /// Answers an offer.
    ///
    /// At the first offer the last receive section is kept for a phone; later ones go where `demand` is not yet met.
    /// - Parameter generator: for SSRCs, the CNAME and the session id.
    /// - Throws: `NegotiationError`; the negotiation is then as it was.
    public mutating func answer(
        _ offer: String, local: LocalTransport, demand: SectionDemand, using generator: inout some RandomNumberGenerator
    ) throws(NegotiationError) -> NegotiatedAnswer {
        let description: SessionDescription
        do {
            description = try SessionDescription(parsing: offer)
        } catch {
            throw .malformed(error)
        }
        var next = self
        let answer = try next.answer(description, local: local, demand: demand, using: &generator)
        self = next
        return answer
    }

    private mutating func answer(
        _ offer: SessionDescription, local: LocalTransport, demand: SectionDemand, using generator: inout some RandomNumberGenerator
    ) throws(NegotiationError) -> NegotiatedAnswer {
        if let remoteSessionID, remoteSessionID != offer.origin.sessionID { throw .otherSession }
        let offered = try OfferedSection.all(of: offer)
        guard let carrier = Self.carrier(of: offered, in: offer) else { throw .noAudioSection }
        let transport = try OfferedTransport(of: carrier.media, in: offer)
        if let remote, remote.fingerprint != transport.fingerprint { throw .fingerprintChanged }

        if remoteSessionID == nil {
            // 62 bits: read as a signed number by those who do (RFC 8829 section 5.2.1).
            localSessionID = generator.next() >> 2
            cname = String(generator.next(), radix: 16)
        }
        remoteSessionID = offer.origin.sessionID
        try takeOver(offered, demand: demand)
        allotSources(offered, using: &generator)

        let restarted = remote.map { $0.ufrag != transport.ufrag || $0.pwd != transport.pwd } ?? false
        let remote = RemoteTransport(
            ufrag: transport.ufrag, pwd: transport.pwd, fingerprint: transport.fingerprint, isICERestart: restarted)
        self.remote = remote
        version &+= 1

        var answers: [SectionAnswer] = []
        for section in offered {
            answers.append(try answer(section))
        }
        let writer = AnswerWriter(local: local, sessionID: localSessionID, version: version)
        return NegotiatedAnswer(
            sdp: writer.description(of: answers, carrier: carrier.index).text, remote: remote, sections: answers.map(\.section))
    }

    /// The section whose transport is everybody's: the first of the BUNDLE group that is not rejected (RFC 9143 section 7.3.1).
    private static func carrier(of sections: [OfferedSection], in offer: SessionDescription) -> OfferedSection? {
        guard sections.contains(where: { $0.media.kind == .audio && !$0.isRejected }) else { return nil }
        let places = Dictionary(uniqueKeysWithValues: sections.map { ($0.mid, $0.index) })
        return offer.attributes.bundle?.mids.lazy.compactMap { places[$0] }.first { !sections[$0].isRejected }.map { sections[$0] }
    }

    func count(of purpose: SectionPurpose) -> Int {
        sections.count { $0.purpose == purpose && !$0.isRejected }
    }
}
