/// Which addresses this installation may be made to connect to by a URL that somebody else chose.
///
/// Asked about the address of every connection at the moment it is made, so that neither a name that resolves to a private
/// address nor one that changes between check and use gets through. Only what is globally reachable by the registries of
/// IANA (RFC 6890) passes; everything else must be named by the operator.
public struct EgressPolicy: Sendable, Equatable {
    /// Private or otherwise refused ranges that the operator has opened, also for plain HTTP.
    public let allowed: [CIDRBlock]

    public init(allowing allowed: [CIDRBlock] = []) {
        self.allowed = allowed
    }

    /// Why an address is not connected to.
    public enum Refusal: Error, Sendable, Equatable {
        /// Private, loopback, link-local, reserved, or in another way not of the public Internet.
        case notPublic
        /// Public, but the connection would not be encrypted.
        case notEncrypted
    }

    /// `nil` if the address may be connected to.
    public func refusal(of address: IPAddress, isEncrypted: Bool) -> Refusal? {
        if allows(address) { return nil }
        guard Self.isPublic(address) else { return .notPublic }
        return isEncrypted ? nil : .notEncrypted
    }

    /// Whether the operator has named the address.
    public func allows(_ address: IPAddress) -> Bool { allowed.contains { $0.contains(address) } }

    /// Whether the address is globally reachable unicast.
    public static func isPublic(_ address: IPAddress) -> Bool {
        if address.isIPv4 { return !reservedIPv4.contains { $0.contains(address) } }
        // RFC 6052: behind the well-known prefix of NAT64 stands an IPv4 address, and that is who would be reached.
        if nat64?.contains(address) == true, let embedded = IPAddress(bytes: Array(address.bytes.suffix(4))) {
            return isPublic(embedded)
        }
        return globalIPv6?.contains(address) == true && !reservedIPv6.contains { $0.contains(address) }
    }

    /// The IPv4 registry of RFC 6890, multicast and class E included.
    private static let reservedIPv4 = blocks([
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    ])

    /// RFC 4291 section 2.4: what IANA gives out. Loopback, ULA, link-local, multicast and IPv4-compatible addresses lie outside.
    private static let globalIPv6 = CIDRBlock("2000::/3")
    /// Protocol assignments with Teredo and ORCHID, documentation (two blocks), and 6to4, in which an IPv4 address hides.
    private static let reservedIPv6 = blocks(["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"])
    private static let nat64 = CIDRBlock("64:ff9b::/96")

    private static func blocks(_ texts: [String]) -> [CIDRBlock] { texts.compactMap { CIDRBlock($0) } }
}
