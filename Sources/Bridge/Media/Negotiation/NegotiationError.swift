import SDP

/// Why an offer is not answered. All of them are the browser's fault (`invalid_offer`), and none changes the negotiation.
public enum NegotiationError: Error, Equatable, Sendable {
    case malformed(SessionDescriptionError)
    /// Another RTCPeerConnection: it needs a negotiation and a transport of its own.
    case otherSession
    case tooManySections(Int)
    /// No live audio section with a codec that the bridge speaks.
    case noAudioSection
    /// No `a=group:BUNDLE`, or a section outside it (-1: the group itself is missing).
    case notBundled(section: Int)
    case notMultiplexed(section: Int)
    /// No `a=mid`, one that is too long, or one that is there twice.
    case badMID(section: Int)
    case badICECredentials
    /// No sha-256 fingerprint of 32 bytes.
    case noFingerprint
    /// The certificate of a running session cannot change.
    case fingerprintChanged
    /// The browser wants to be the DTLS server.
    case wrongDTLSRole
    /// A section of an earlier offer is gone, or another has its place.
    case sectionChanged(section: Int)
    /// None of the codecs that the section began with: its RTP clock would change.
    case noCodec(section: Int)

    /// The most sections of one offer.
    public static let maximumSections = 64
    /// The code for the browser, in `docs/protocol.md`.
    public static let code = "invalid_offer"
}

extension NegotiationError: CustomStringConvertible {
    /// One sentence for a person.
    public var description: String {
        switch self {
        case .malformed(let error): error.description
        case .otherSession: "The offer belongs to another RTCPeerConnection."
        case .tooManySections(let count): "The offer has \(count) media sections; \(Self.maximumSections) are allowed."
        case .noAudioSection: "The offer has no audio section that can be used."
        case .notBundled(let section) where section < 0: "The offer has no BUNDLE group."
        case .notBundled(let section): "Media section \(section) is not in the BUNDLE group."
        case .notMultiplexed(let section): "Media section \(section) has no rtcp-mux."
        case .badMID(let section): "Media section \(section) has no usable mid of its own."
        case .badICECredentials: "The offer has no valid ice-ufrag and ice-pwd."
        case .noFingerprint: "The offer has no sha-256 fingerprint."
        case .fingerprintChanged: "The fingerprint differs from the one this session began with."
        case .wrongDTLSRole: "The browser must be the DTLS client: setup actpass or active."
        case .sectionChanged(let section): "Media section \(section) is not the one of the offer before."
        case .noCodec(let section): "Media section \(section) has no codec that can be used there."
        }
    }
}
