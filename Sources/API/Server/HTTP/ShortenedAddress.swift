import NIOCore

/// A client's address as logs may keep it: the network it comes from (/24, or /48 of IPv6), not the person.
struct ShortenedAddress: CustomStringConvertible {
    let description: String

    /// Where Linux keeps the address in `sockaddr_in` and `sockaddr_in6` (behind family and port, and the flow label). The fields
    /// themselves belong to a module that NIO keeps to itself: a debug build would not see them.
    private static let offsetInIPv4 = 4
    private static let offsetInIPv6 = 8

    init(_ address: SocketAddress?) {
        switch address {
        case .v4(let address):
            let bytes = withUnsafeBytes(of: address.address) { Array($0.dropFirst(Self.offsetInIPv4)) }
            description = "\(bytes[0]).\(bytes[1]).\(bytes[2]).0/24"
        case .v6(let address):
            let bytes = withUnsafeBytes(of: address.address) { Array($0.dropFirst(Self.offsetInIPv6)) }
            let groups = stride(from: 0, to: 6, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
            description = groups.joined(separator: ":") + "::/48"
        case .unixDomainSocket: description = "unix"
        case nil: description = "unknown"
        }
    }
}
