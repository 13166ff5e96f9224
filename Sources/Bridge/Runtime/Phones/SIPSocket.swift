import Linux
import SIP

/// The SIP port: on loopback as long as there is nobody to speak with, on all addresses as soon as there is a trunk or an extension.
final class SIPSocket {
    private let port: UInt16
    /// `nil` only while the port is lost to somebody else.
    private(set) var udp: UDPSocket?
    /// Whether others than this machine may reach it.
    private(set) var isOpen = false
    /// Addresses that a datagram can leave from; a public one in front of a NAT is not among them.
    private var own: Set<SIP.IPAddress> = []

    /// Opens the port on loopback.
    /// - Throws: `LinuxError` if it is taken.
    init(port: UInt16) throws(LinuxError) {
        self.port = port
        try bind(isOpen: false)
    }

    /// Opens the port to others, or closes it to them. The old socket must go first, and nobody may watch it any more.
    func rebind(isOpen: Bool) throws(LinuxError) {
        udp = nil
        try bind(isOpen: isOpen)
    }

    private func bind(isOpen: Bool) throws(LinuxError) {
        let fresh = try UDPSocket(
            bind: SocketAddress(ipv4: isOpen ? 0 : 0x7F00_0001, port: port), receiveBuffer: 1 << 20, sendBuffer: 1 << 20)
        try fresh.keepErrors()
        own = Set(try InterfaceAddresses.list().map { SIPAddress($0.address).ip })
        udp = fresh
        self.isOpen = isOpen
    }

    func send(_ transmit: SIPTransmit) {
        guard let udp else { return }
        let source = transmit.source.ip
        let isOwn = own.contains(source) || source.isLoopback
        let verdict = udp.send(
            transmit.datagram, 0..<transmit.datagram.count, to: transmit.destination.socketAddress,
            from: isOwn ? transmit.source.socketAddress : nil)
        // The error of an earlier datagram may have been reported in place of this one's: once more, and what is lost then is sent again by SIP.
        if case .refused = verdict {
            _ = udp.send(
                transmit.datagram, 0..<transmit.datagram.count, to: transmit.destination.socketAddress,
                from: isOwn ? transmit.source.socketAddress : nil)
        }
    }
}

extension SIPAddress {
    init(_ address: SocketAddress) {
        let ip =
            address.isIPv4
            ? SIP.IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low)) : SIP.IPAddress(ipv6High: address.high, low: address.low)
        self.init(ip, port: address.port)
    }

    var socketAddress: SocketAddress {
        ip.isIPv4 ? SocketAddress(ipv4: ip.ipv4, port: port) : SocketAddress(ipv6High: ip.high, low: ip.low, port: port)
    }
}

extension SIP.IPAddress {
    /// Only reached inside a site: RFC 1918, RFC 6598, link-local, loopback. There our own address is the right one to tell.
    var isLocal: Bool {
        guard isIPv4 else { return isLoopback || high >> 57 == 0x7E || high >> 54 == 0x3FA }
        return isLoopback || ipv4 >> 24 == 10 || ipv4 >> 20 == 0xAC1 || ipv4 >> 16 == 0xC0A8 || ipv4 >> 16 == 0xA9FE || ipv4 >> 22 == 0x191
    }
}
