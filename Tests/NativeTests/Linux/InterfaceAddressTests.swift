import Linux
import Testing

struct InterfaceAddressTests {
    @Test("Neither loopback nor link-local nor container addresses are listed, and each one once")
    func list() throws {
        let entries = try InterfaceAddresses.list()
        #expect(entries.allSatisfy { $0.address.port == 0 && $0.interface != "lo" && InterfaceAddresses.isReachable($0) })
        #expect(Set(entries.map(\.address)).count == entries.count)
    }

    @Test(
        "Only interfaces that others can reach count",
        arguments: [
            ("eth0", "192.0.2.1", true), ("enp3s0", "2001:db8::1", true), ("bridge0", "192.0.2.1", true), ("wlan0", "169.253.0.1", true),
            ("docker0", "172.17.0.1", false), ("veth12ab", "192.0.2.1", false), ("br-0a1b2c", "172.18.0.1", false),
            ("cni0", "10.0.0.1", false), ("virbr0", "192.168.122.1", false), ("eth0", "169.254.3.4", false),
            ("eth0", "fe80::1", false), ("eth0", "febf::1", false), ("eth0", "fec0::1", true),
        ])
    func reachable(interface: String, host: String, expected: Bool) throws {
        let address = try #require(SocketAddress(host, port: 0))
        #expect(InterfaceAddresses.isReachable(InterfaceAddresses.Entry(interface: interface, address: address)) == expected)
    }
}
