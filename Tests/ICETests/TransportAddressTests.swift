import ICE
import Testing

@Suite("Addresses in words")
struct TransportAddressTests {
    @Test(
        "IPv6 is written in its canonical form (RFC 5952)",
        arguments: [
            ("2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("2001:DB8::AbCd", "2001:db8::abcd"),
            ("0:0:0:0:0:0:0:0", "::"), ("::1", "::1"), ("fe80::", "fe80::"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("192.0.2.1", "192.0.2.1"),
        ])
    func canonical(text: String, expected: String) {
        #expect(TransportAddress(host: text, port: 1)?.hostText == expected)
    }

    @Test(
        "What is no address is refused",
        arguments: [
            "", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "1..3.4", "+1.2.3.4", "::1::", "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::12345", "::g", "fe80::1%eth0", "1.2.3.4::", "::1.2.3.4:5", ":1::2", "1::2:",
            "host.local", "a4b5.local", "１.2.3.4", String(repeating: ":", count: 10000),
        ])
    func refused(text: String) {
        #expect(TransportAddress(host: text, port: 1) == nil)
    }

    @Test("With a port, both families read what they write, and a bare IPv6 address has no port")
    func withPort() {
        for text in ["192.0.2.1:5004", "[2001:db8::1]:65535", "[::]:0"] {
            #expect(TransportAddress(text)?.description == text)
        }
        for text in ["192.0.2.1", "2001:db8::1", "[2001:db8::1]", "[192.0.2.1]:1", "[::1]:65536", "1.2.3.4:-1", "1.2.3.4:+1", "[::1]:", ":1"] {
            #expect(TransportAddress(text) == nil)
        }
    }

    @Test("Any address reads what it writes", arguments: 0..<10 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            // Groups of zeros in every pattern.
            var halves: [UInt64] = [random.next(), random.next()]
            for half in 0..<2 {
                for group in 0..<4 as Range<UInt64> where Bool.random(using: &random) { halves[half] &= ~(0xFFFF << (16 * group)) }
            }
            let six = TransportAddress(ipv6High: halves[0] | 1 << 61, low: halves[1], port: random.next())
            let four = TransportAddress(ipv4: random.next(), port: random.next())
            #expect(TransportAddress(six.description) == six)
            #expect(TransportAddress(four.description) == four)
        }
    }
}
