/// An address that a side offers to be reached at: the value of an `a=candidate` line (RFC 8839 section 5.1).
public struct ICECandidate: Equatable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case host
        case serverReflexive = "srflx"
        case peerReflexive = "prflx"
        case relayed = "relay"

        /// What the kind is worth (RFC 8445 section 5.1.2.2).
        var preference: UInt32 {
            switch self {
            case .host: 126
            case .peerReflexive: 110
            case .serverReflexive: 100
            case .relayed: 0
            }
        }
    }

    /// 1–32 ice-chars, equal for candidates of one kind and one address.
    public var foundation: String
    /// 1 for RTP, and with rtcp-mux for everything; 1–256.
    public var component: Int
    public var priority: UInt32
    public var address: TransportAddress
    public var kind: Kind

    public init(foundation: String, component: Int, priority: UInt32, address: TransportAddress, kind: Kind) {
        self.foundation = foundation
        self.component = component
        self.priority = priority
        self.address = address
        self.kind = kind
    }

    /// The host candidate of an address that we listen on, component 1.
    /// - Parameter localPreference: higher is better; each of our addresses should have its own (RFC 8445 section 5.1.2.1).
    public init(host address: TransportAddress, localPreference: UInt16 = .max) {
        let text = Array("host \(address.hostText)".utf8)
        self.init(
            foundation: String(CRC32.checksum(text.span, in: 0..<text.count)),
            component: 1,
            priority: Self.priority(.host, localPreference: localPreference, component: 1),
            address: address,
            kind: .host)
    }

    /// The recommended formula (RFC 8445 section 5.1.2.1).
    /// - Parameter component: 1–256; others are taken as the nearest of these.
    public static func priority(_ kind: Kind, localPreference: UInt16, component: Int) -> UInt32 {
        kind.preference << 24 | UInt32(localPreference) << 8 | UInt32(256 - min(max(component, 1), 256))
    }

    /// The value of the line, without `candidate:` and without a related address.
    public var attributeValue: String {
        "\(foundation) \(component) udp \(priority) \(address.hostText) \(address.port) typ \(kind.rawValue)"
    }

    /// Reads a line's value, with or without `candidate:` before it. Related address and extensions are passed over.
    /// - Returns: `nil` if it is malformed, not UDP, or has a name (`.local`) in place of an address.
    public init?(attributeValue text: String) {
        let value = text.hasPrefix("candidate:") ? text.dropFirst("candidate:".count) : text[...]
        let fields = value.split(separator: " ", maxSplits: 8, omittingEmptySubsequences: false)
        guard fields.count >= 8, fields[6] == "typ", fields[2].lowercased() == "udp",
            (1...32).contains(fields[0].utf8.count), fields[0].utf8.allSatisfy(ICECredentials.isICEChar),
            let component = Int(fields[1]), (1...256).contains(component),
            let priority = UInt32(fields[3]), (1...0x7FFF_FFFF).contains(priority),
            let port = TransportAddress.port(fields[5]),
            let address = TransportAddress(host: String(fields[4]), port: port),
            let kind = Kind(rawValue: String(fields[7]))
        else { return nil }
        self.init(foundation: String(fields[0]), component: component, priority: priority, address: address, kind: kind)
    }
}
