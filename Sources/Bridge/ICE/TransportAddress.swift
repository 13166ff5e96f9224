/// An IP address and a UDP port, as a plain value: comparing, hashing and copying it allocates nothing.
///
/// An IPv4 address is kept in its IPv4-mapped form (RFC 4291 section 2.5.5.2), so that both families share one shape.
public struct TransportAddress: Hashable, Sendable {
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
        self.isIPv4 = false
    }

    public init(ipv4 address: UInt32, port: UInt16) {
        high = 0
        low = 0x0000_FFFF_0000_0000 | UInt64(address)
        self.port = port
        isIPv4 = true
    }

    /// The IPv4 address in host order; meaningful only when `isIPv4`.
    public var ipv4: UInt32 { UInt32(truncatingIfNeeded: low) }
}

/// The two ends of one UDP path: answers leave from the local address that the question came to.
public struct TransportPath: Hashable, Sendable {
    public var local: TransportAddress
    public var remote: TransportAddress

    public init(local: TransportAddress, remote: TransportAddress) {
        self.local = local
        self.remote = remote
    }
}
