import ICE
import Linux

extension TransportAddress {
    init(_ address: SocketAddress) {
        self =
            address.isIPv4
            ? TransportAddress(ipv4: UInt32(truncatingIfNeeded: address.low), port: address.port)
            : TransportAddress(ipv6High: address.high, low: address.low, port: address.port)
    }

    var socketAddress: SocketAddress {
        isIPv4 ? SocketAddress(ipv4: ipv4, port: port) : SocketAddress(ipv6High: high, low: low, port: port)
    }
}
