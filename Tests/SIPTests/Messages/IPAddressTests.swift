import SIP
import Testing
import VirtualNetwork

@Suite struct IPAddressTests {
    // The canonical forms of RFC 5952 section 4.
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("2001:DB8::0001", "2001:db8::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::", "::"), ("::1", "::1"),
        ("1::", "1::"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ])
    func `An address has one text`(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.text == canonical)
        #expect(IPAddress(canonical) == address)
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7:8::", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:",
        "::12345",
        "::g", "1.2.3", "1.2.3.4.5", "1.2.3.-4", "1.2.3.04", "::1.2.3", "1.2.3.4::", "fe80::1%eth0", "[::1]", " ::1", "::1 ", "1::1::",
        "::1.2.3.4:5", "0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0",
    ])
    func `What is no address is not read`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `Any address survives its text`() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            // Many groups of zeros, where the difficulties are.
            let mask = UInt64.random(in: 0...255, using: &generator)
            var (high, low) = (generator.next(), generator.next())
            for group in 0..<4 where mask >> UInt64(group) & 1 == 1 { high &= ~(0xFFFF << UInt64(group * 16)) }
            for group in 4..<8 where mask >> UInt64(group) & 1 == 1 { low &= ~(0xFFFF << UInt64(group % 4 * 16)) }
            let address = SIPAddress(IPAddress(ipv6High: high, low: low), port: UInt16(truncatingIfNeeded: low >> 3))
            #expect(SIPAddress(address.text) == address)
        }
    }

    @Test(arguments: ["1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "::1:5060", "[::1]", "host:5060", "[::1]:x", ":5060"])
    func `An address with a port needs both`(text: String) {
        #expect(SIPAddress(text) == nil)
    }
}
