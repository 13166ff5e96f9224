import SDP

/// What the answer says of the bridge's end of the transport.
public struct LocalTransport: Sendable, Equatable {
    public var ufrag: String
    public var pwd: String
    /// SHA-256 of the bridge's certificate, 32 bytes.
    public var fingerprint: [UInt8]
    /// One line for each candidate, with or without `a=` and `candidate:` in front.
    public var candidateLines: [String]

    public init(ufrag: String, pwd: String, fingerprint: [UInt8], candidateLines: [String]) {
        self.ufrag = ufrag
        self.pwd = pwd
        self.fingerprint = fingerprint
        self.candidateLines = candidateLines
    }
}

/// What an offer says of the browser's end of the transport.
public struct RemoteTransport: Sendable, Equatable {
    public var ufrag: String
    public var pwd: String
    /// SHA-256 of the browser's certificate, 32 bytes.
    public var fingerprint: [UInt8]
    /// The credentials differ from those of the offer before, in the same session (RFC 8445 section 9).
    public var isICERestart: Bool
}

/// The answer to one offer, and what was agreed.
public struct NegotiatedAnswer: Sendable, Equatable {
    /// The text for `setRemoteDescription`.
    public var sdp: String
    public var remote: RemoteTransport
    /// Every section of the offer, in its order.
    public var sections: [NegotiatedSection]
}

/// What was agreed for one section.
public struct NegotiatedSection: Sendable, Equatable {
    public var mid: String
    public var index: Int
    public var kind: MediaKind
    public var purpose: SectionPurpose
    /// As answered: seen from the bridge.
    public var direction: Direction
    /// Port 0: stopped by the browser, or of no use to the bridge.
    public var isRejected: Bool
    /// What the bridge sends here; `nil` unless it may send now.
    public var send: SendStream?
    /// What the bridge sends here of a picture; `nil` unless it may send now.
    public var sendVideo: VideoSendStream? = nil
    /// What may come in; empty unless the bridge receives here.
    public var receive: [PayloadFormat]
    /// What may come in as a picture; empty unless the bridge receives here.
    public var receiveVideo: [VideoFormat] = []
    /// The sources that the browser announced for this section, at most 16; its packets may also be told by their MID.
    public var remoteSSRCs: [UInt32]
    /// The number of the MID header extension (RFC 9143 section 15), for both ways; `nil` if it is not to be used.
    public var midExtensionID: UInt8?
    /// The number of the audio level (RFC 6464) in what comes in.
    public var audioLevelExtensionID: UInt8?
}

/// A stream from the bridge to the browser.
public struct SendStream: Sendable, Equatable {
    /// The same for as long as the section lives.
    public var ssrc: UInt32
    /// For RTCP SDES; one for the whole session (RFC 7022).
    public var cname: String
    /// The codecs that the browser takes here, all with one clock; never empty.
    public var formats: [PayloadFormat]

    /// Ticks of the RTP clock per second.
    public var clockRate: UInt32 { formats.first?.codec.clockRate ?? 8_000 }

    /// The number of a codec; `nil` if the browser does not take it here.
    public func payloadType(of codec: AudioCodec) -> UInt8? {
        formats.first { $0.codec == codec }?.payloadType
    }
}

/// A stream of pictures from the bridge to the browser.
public struct VideoSendStream: Sendable, Equatable {
    /// The same for as long as the section lives.
    public var ssrc: UInt32
    /// In which packets are sent again (RFC 4588 section 5.3).
    public var retransmissionSSRC: UInt32
    /// What the browser takes here; never empty.
    public var formats: [VideoFormat]
    /// The number of the header extension with the time of sending, by which a browser without transport-wide feedback estimates the path;
    /// `nil` if it is not to be used.
    public var sendTimeExtensionID: UInt8?

    /// The form of a codec; `nil` if the browser does not take it here.
    public func format(of codec: VideoCodec) -> VideoFormat? { formats.first { $0.codec == codec } }
}
