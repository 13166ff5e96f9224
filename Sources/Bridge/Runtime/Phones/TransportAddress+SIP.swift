import ICE
import SIP

extension TransportAddress {
    init(_ ip: SIP.IPAddress, port: UInt16) {
        self = ip.isIPv4 ? TransportAddress(ipv4: ip.ipv4, port: port) : TransportAddress(ipv6High: ip.high, low: ip.low, port: port)
    }
}
