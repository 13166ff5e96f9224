/// Where a datagram comes from or goes to: an IP address and a port.
public struct SIPAddress: Hashable, Sendable {
    public var ip: IPAddress
    public var port: UInt16

    public init(_ ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }

    /// Reads `192.0.2.1:5060` or `[2001:db8::1]:5060`.
    public init?(_ text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")), let port: UInt16 = decimal(text.utf8[text.utf8.index(after: colon)...]),
            case .address(let ip)? = Host(String(text[..<colon]))
        else { return nil }
        self.init(ip, port: port)
    }

    public var text: String { "\(ip.hostText):\(port)" }
}

extension SIPAddress: CustomStringConvertible {
    public var description: String { text }
}
