/// The transport that a Via or a URI names; compared without case.
public enum SIPTransport: Hashable, Sendable {
    case udp, tcp, tls
    /// Any other, in capitals: `SCTP`, `WS`.
    case other(String)

    /// The transport of that name; `nil` if `name` is no token.
    public init?(_ name: String) {
        guard !name.isEmpty, name.utf8.allSatisfy({ $0.isToken }) else { return nil }
        switch name.uppercased() {
        case "UDP": self = .udp
        case "TCP": self = .tcp
        case "TLS": self = .tls
        case let other: self = .other(other)
        }
    }

    /// The name as a Via has it.
    public var name: String {
        switch self {
        case .udp: "UDP"
        case .tcp: "TCP"
        case .tls: "TLS"
        case .other(let name): name
        }
    }

    /// The port where none is written (RFC 3261 section 19.1.2).
    public var defaultPort: UInt16 { self == .tls ? 5061 : 5060 }
}
