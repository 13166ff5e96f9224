/// One media section: an `m=` line and what follows it (RFC 8866 section 5.14).
public struct MediaDescription: Equatable, Sendable {
    public var kind: MediaKind
    /// 0 rejects or stops the section, unless it is `bundle-only` (RFC 9143 section 6).
    public var port: UInt16
    /// The transport, such as `RTP/AVP` or `UDP/TLS/RTP/SAVPF`.
    public var transport: String
    /// As written; payload types where the transport is RTP.
    public var formats: [String]
    public var connection: ConnectionAddress?
    public var attributes: AttributeList

    public init(
        kind: MediaKind, port: UInt16, transport: String, formats: [String],
        connection: ConnectionAddress? = nil, attributes: AttributeList = []
    ) {
        self.kind = kind
        self.port = port
        self.transport = transport
        self.formats = formats
        self.connection = connection
        self.attributes = attributes
    }

    /// Stopped by who offers it, or rejected by who answers it.
    public var isRejected: Bool { port == 0 && !attributes.isBundleOnly }

    /// The formats that are RTP payload types, in order of preference.
    public var payloadTypes: [UInt8] {
        formats.compactMap { format in
            let number: UInt8? = decimal(format.utf8)
            return number.flatMap { $0 < 128 ? $0 : nil }
        }
    }

    /// What a payload type stands for: its `rtpmap`, or else its assignment in RFC 3551.
    public func rtpMap(for payloadType: UInt8) -> RTPMap? {
        attributes.rtpMaps.first { $0.payloadType == payloadType } ?? RTPMap.assigned(to: payloadType)
    }
}

/// The first word of an `m=` line.
public enum MediaKind: Hashable, Sendable {
    case audio
    case video
    /// A data channel, in browsers.
    case application
    case other(String)

    public init(_ name: String) {
        self =
            switch name {
            case "audio": .audio
            case "video": .video
            case "application": .application
            default: .other(name)
            }
    }

    public var name: String {
        switch self {
        case .audio: "audio"
        case .video: "video"
        case .application: "application"
        case .other(let name): name
        }
    }
}
