import CLinux

/// An IP address and a UDP port, as a plain value of the same form as ICE's `TransportAddress`.
///
/// An IPv4 address is kept in its IPv4-mapped form (RFC 4291 section 2.5.5.2).
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes of the address in network order.
    public var high: UInt64
    /// The last eight bytes of the address in network order.
    public var low: UInt64
    public var port: UInt16
    public var isIPv4: Bool

    public init(ipv6High high: UInt64, low: UInt64, port: UInt16) {
        self.high = high
        self.low = low
        self.port = port
        isIPv4 = false
    }

    public init(ipv4 address: UInt32, port: UInt16) {
        high = 0
        low = 0x0000_FFFF_0000_0000 | UInt64(address)
        self.port = port
        isIPv4 = true
    }

    /// Reads an address as people write it; `nil` for anything but a plain IPv4 or IPv6 literal.
    public init?(_ host: String, port: UInt16) {
        var parsed = clinux_address()
        guard clinux_parse(host, &parsed) else { return nil }
        self.init(parsed)
        self.port = port
    }

    init(_ address: clinux_address) {
        high = address.high
        low = address.low
        port = address.port
        isIPv4 = address.is_ipv4
    }

    var shim: clinux_address { clinux_address(high: high, low: low, port: port, is_ipv4: isIPv4) }

    /// The address alone, as people write it.
    public var host: String {
        var address = shim
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 46) { text in
            guard let start = text.baseAddress else { return "" }
            clinux_format(&address, start, 46)
            return String(cString: start)
        }
    }

    public var description: String { isIPv4 ? "\(host):\(port)" : "[\(host)]:\(port)" }
}
