/// `a=candidate` (RFC 8839 section 5.1): an address at which its owner may be reached.
public struct CandidateAttribute: AttributeValue {
    public static let attributeName = "candidate"
    public var foundation: String
    /// 1 is RTP, 2 is RTCP.
    public var component: UInt16
    /// `udp` or `tcp`, in lower case.
    public var transport: String
    public var priority: UInt32
    /// A literal address, or a name under `.local` (mDNS).
    public var address: String
    public var port: UInt16
    /// `host`, `srflx`, `prflx` or `relay`.
    public var type: String
    /// Whatever follows the type: related address, `tcptype`, extensions.
    public var extensions: String?

    public init(
        foundation: String, component: UInt16 = 1, transport: String = "udp", priority: UInt32,
        address: String, port: UInt16, type: String = "host", extensions: String? = nil
    ) {
        self.foundation = foundation
        self.component = component
        self.transport = transport
        self.priority = priority
        self.address = address
        self.port = port
        self.type = type
        self.extensions = extensions
    }

    public init?(_ value: String) {
        var fields = FieldReader(value)
        guard let foundation = fields.field(), let component: UInt16 = fields.number(), let transport = fields.field(),
            let priority: UInt32 = fields.number(), let address = fields.field(), let port: UInt16 = fields.number(),
            fields.field() == "typ", let type = fields.field()
        else { return nil }
        self.init(
            foundation: foundation, component: component, transport: transport.lowercased(), priority: priority,
            address: address, port: port, type: type, extensions: fields.remainder())
    }

    public var value: String {
        let start = "\(foundation) \(component) \(transport) \(priority) \(address) \(port) typ \(type)"
        return extensions.map { "\(start) \($0)" } ?? start
    }
}

extension AttributeList {
    public var iceUfrag: String? { value(of: "ice-ufrag") }
    public var icePwd: String? { value(of: "ice-pwd") }
    /// Such as `trickle`, `ice2`, `renomination`.
    public var iceOptions: [String] {
        (value(of: "ice-options") ?? "").utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
    }
    /// This end only answers checks (RFC 8445 section 2.5).
    public var isICELite: Bool { contains("ice-lite") }
    public var candidates: [CandidateAttribute] { every() }
}
