import ICE
import Linux

/// The media port of one thread: an IPv4 and, where the machine has it, an IPv6 socket on all addresses.
final class MediaSockets {
    let ipv4: UDPSocket
    let ipv6: UDPSocket?
    /// The `candidate` attribute values of every address at which the port is reached.
    let candidates: [String]

    /// Asked of the kernel: a second of a hundred calls.
    private static let buffer = 2 << 20

    init(_ settings: MediaThreadSettings) throws(LinuxError) {
        ipv4 = try UDPSocket(bind: SocketAddress(ipv4: 0, port: settings.port), receiveBuffer: Self.buffer, sendBuffer: Self.buffer)
        // A machine without IPv6 is not an error; one whose IPv6 port is taken would be, and shows as missing candidates.
        ipv6 = try? UDPSocket(
            bind: SocketAddress(ipv6High: 0, low: 0, port: ipv4.localAddress.port), receiveBuffer: Self.buffer, sendBuffer: Self.buffer)
        candidates = try Self.candidateLines(port: ipv4.localAddress.port, ipv6: ipv6 != nil, public: settings.publicAddresses)
    }

    /// Public addresses first: they are the ones that most browsers need. Loopback last: it serves this machine.
    private static func candidateLines(port: UInt16, ipv6: Bool, public: [SocketAddress]) throws(LinuxError) -> [String] {
        var addresses = `public`.map { TransportAddress($0).with(port: port) }
        for entry in try InterfaceAddresses.list() where entry.address.isIPv4 || ipv6 {
            addresses.append(TransportAddress(entry.address).with(port: port))
        }
        addresses.append(TransportAddress(ipv4: 0x7F00_0001, port: port))
        var seen: Set<TransportAddress> = []
        return addresses.filter { seen.insert($0).inserted }.enumerated().map { index, address in
            ICECandidate(host: address, localPreference: UInt16(truncatingIfNeeded: 65_535 - index)).attributeValue
        }
    }
}

extension TransportAddress {
    fileprivate func with(port: UInt16) -> TransportAddress {
        var address = self
        address.port = port
        return address
    }
}
