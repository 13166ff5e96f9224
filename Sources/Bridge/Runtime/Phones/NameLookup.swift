import Glibc
import SIP

/// Looks host names up, off every thread that must not wait.
enum NameLookup {
    /// The IPv4 addresses of `host`, in the resolver's order; empty if it has none or cannot be looked up. Blocks.
    static func addresses(of host: String, port: UInt16) -> [SIPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [SIPAddress] = []
        var entry = list
        while let current = entry, found.count < 16 {
            current.pointee.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                let ip = SIPAddress(SIP.IPAddress(ipv4: UInt32(bigEndian: address.pointee.sin_addr.s_addr)), port: port)
                if !found.contains(ip) { found.append(ip) }
            }
            entry = current.pointee.ai_next
        }
        return found
    }
}
