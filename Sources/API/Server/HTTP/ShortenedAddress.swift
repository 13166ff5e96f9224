import Glibc
import NIOCore

/// A client's address as logs may keep it: the network it comes from (/24, or /48 of IPv6), not the person.
struct ShortenedAddress: CustomStringConvertible {
    let description: String

    init(_ address: SocketAddress?) {
        switch address {
        case .v4(let address):
            let bytes = withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
            description = "\(bytes[0]).\(bytes[1]).\(bytes[2]).0/24"
        case .v6(let address):
            let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
            let groups = stride(from: 0, to: 6, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
            description = groups.joined(separator: ":") + "::/48"
        case .unixDomainSocket: description = "unix"
        case nil: description = "unknown"
        }
    }
}
