import SDP

/// The transport that an offer describes: one for all sections, told by the first of the BUNDLE group.
struct OfferedTransport {
    var ufrag: String
    var pwd: String
    var fingerprint: [UInt8]

    /// Takes the description from the section that carries the bundle: `section` where it has a word, else the session.
    /// - Throws: `NegotiationError` unless ICE, DTLS with the browser as client, and sha-256 are there.
    init(of section: MediaDescription, in offer: SessionDescription) throws(NegotiationError) {
        let media = section.attributes
        let session = offer.attributes
        guard let ufrag = media.iceUfrag ?? session.iceUfrag, Self.areICECharacters(ufrag, count: 4...256),
            let pwd = media.icePwd ?? session.icePwd, Self.areICECharacters(pwd, count: 22...256)
        else { throw .badICECredentials }
        switch media.setup ?? session.setup {
        case .active, .activePassive, nil: break  // Without a word the offerer is active (RFC 4145 section 4.1).
        case .passive, .holdConnection: throw .wrongDTLSRole
        }
        let fingerprints = media.contains(Fingerprint.attributeName) ? media.fingerprints : session.fingerprints
        guard let fingerprint = fingerprints.first(where: { $0.algorithm == "sha-256" && $0.bytes.count == 32 }) else {
            throw .noFingerprint
        }
        self.ufrag = ufrag
        self.pwd = pwd
        self.fingerprint = fingerprint.bytes
    }

    /// RFC 8839 section 5.4.
    private static func areICECharacters(_ text: String, count: ClosedRange<Int>) -> Bool {
        count.contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}
