/// An IPv4 or IPv6 address, as a plain value: comparing, hashing and copying it allocates nothing.
public struct IPAddress: Hashable, Sendable {
    /// The first eight bytes in network order; zero for IPv4.
    public let high: UInt64
    /// The last eight bytes in network order; for IPv4 those of its mapped form (RFC 4291 section 2.5.5.2).
    public let low: UInt64
    public let isIPv4: Bool

    /// An IPv4 address from its number in host order: 192.0.2.1 is `0xC000_0201`.
    public init(ipv4 address: UInt32) {
        high = 0
        low = 0x0000_FFFF_0000_0000 | UInt64(address)
        isIPv4 = true
    }

    /// An IPv6 address; an IPv4-mapped one becomes the IPv4 address that it stands for.
    public init(ipv6High high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        isIPv4 = high == 0 && low >> 32 == 0xFFFF
    }

    /// The IPv4 address in host order; meaningful only when `isIPv4`.
    public var ipv4: UInt32 { UInt32(truncatingIfNeeded: low) }

    /// 127.0.0.0/8 or ::1.
    public var isLoopback: Bool { isIPv4 ? ipv4 >> 24 == 127 : high == 0 && low == 1 }

    /// 0.0.0.0 or ::.
    public var isUnspecified: Bool { isIPv4 ? ipv4 == 0 : high == 0 && low == 0 }
}
