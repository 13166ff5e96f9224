import Glibc
import Linux

/// Looks a host's name up, as the system does. Blocks.
enum HostLookup {
    /// IPv4 first; empty if there is none.
    static func addresses(of host: String, port: UInt16 = 0) -> [SocketAddress] {
        if let literal = SocketAddress(host, port: port) { return [literal] }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var entry = list
        while let current = entry {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(current.pointee.ai_addr, current.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0,
                let address = SocketAddress(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), port: port)
            {
                found.append(address)
            }
            entry = current.pointee.ai_next
        }
        return found.filter(\.isIPv4) + found.filter { !$0.isIPv4 }
    }
}
