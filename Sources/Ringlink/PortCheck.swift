import Glibc
import Linux

/// Finds out before anything is started whether the ports are free, so that the sentence can name the option.
struct PortCheck {
    private let options: UpOptions

    init(_ options: UpOptions) { self.options = options }

    func run() throws {
        for host in options.binds {
            guard let address = SocketAddress(host, port: UInt16(options.port)) else { throw StartError("--bind \(host) is not an IP address.") }
            try check(address, stream: true, option: "--port")
        }
        if options.controlPort != 0 {
            try check(SocketAddress(ipv4: 0x7F00_0001, port: UInt16(options.controlPort)), stream: true, option: "--control-port")
        }
        try check(SocketAddress(ipv4: 0, port: UInt16(options.sipPort)), stream: false, option: "--sip-port")
        for thread in 0..<options.threads {
            try check(SocketAddress(ipv4: 0, port: UInt16(options.mediaPort + thread)), stream: false, option: "--media-port")
        }
        try checkTelephonePorts()
    }

    /// A pair that is taken is passed over when its turn comes, so one that is free will do.
    private func checkTelephonePorts() throws {
        guard let range = options.rtpPortRange else { return }
        for port in stride(from: range.lowerBound + range.lowerBound % 2, to: range.upperBound, by: 2) {
            let pair = [port, port + 1].map { SocketAddress(ipv4: 0, port: UInt16($0)) }
            if pair.allSatisfy({ fault(of: $0, stream: false) == nil }) { return }
        }
        throw StartError("No two neighbouring ports of \(options.rtpPorts) are free. Choose others with --rtp-ports.")
    }

    /// A TCP port on loopback that nobody uses now.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard result else { throw StartError("No free port for --control-port: \(String(cString: strerror(errno))).") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Why nothing can listen there; `nil` if it can.
    private func fault(of address: SocketAddress, stream: Bool) -> Int32? {
        let descriptor = socket(address.isIPv4 ? AF_INET : AF_INET6, stream ? Int32(SOCK_STREAM.rawValue) : Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var yes: Int32 = 1
        // As the servers do: connections of the last run that still linger are not in the way.
        if stream { setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size)) }
        // As the servers do: the address of all of IPv6 takes IPv4 in, too.
        var isIPv6Only: Int32 = address.host == "::" ? 0 : 1
        setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &isIPv6Only, socklen_t(MemoryLayout<Int32>.size))
        return bind(descriptor, address) == 0 ? nil : errno
    }

    private func check(_ address: SocketAddress, stream: Bool, option: String) throws {
        guard let fault = fault(of: address, stream: stream) else { return }
        switch fault {
        case EADDRINUSE: throw StartError("Port \(address.port) is taken (\(address)). Choose another with \(option).")
        case EADDRNOTAVAIL: throw StartError("\(address.host) is not an address of this machine. Choose another with --bind.")
        case EACCES: throw StartError("Port \(address.port) needs more rights than this user has. Choose another with \(option).")
        default: throw StartError("Port \(address.port) cannot be used (\(String(cString: strerror(fault)))). Choose another with \(option).")
        }
    }

    private func bind(_ descriptor: Int32, _ address: SocketAddress) -> Int32 {
        if address.isIPv4 {
            var wire = sockaddr_in()
            wire.sin_family = sa_family_t(AF_INET)
            wire.sin_port = address.port.bigEndian
            wire.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.low).bigEndian
            return withUnsafePointer(to: &wire) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
        }
        var wire = sockaddr_in6()
        wire.sin6_family = sa_family_t(AF_INET6)
        wire.sin6_port = address.port.bigEndian
        withUnsafeMutableBytes(of: &wire.sin6_addr) { bytes in
            bytes.storeBytes(of: address.high.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: address.low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        return withUnsafePointer(to: &wire) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
        }
    }
}
