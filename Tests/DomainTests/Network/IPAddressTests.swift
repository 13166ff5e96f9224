import Domain
import Testing

@Suite("Addresses and ranges")
struct IPAddressTests {
    @Test(
        "An address is read in every form and written in one",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"),
            ("2001:DB8::0:1", "2001:db8::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("::ffff:c000:201", "192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("fe80::", "fe80::"),
        ])
    func forms(text: String, written: String) {
        #expect(IPAddress(text)?.description == written)
        #expect(IPAddress(written) == IPAddress(text))
    }

    @Test(
        "What is no address is none",
        arguments: [
            "", " ", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "+1.2.3.4", "1..2.3", ":", ":::", "1::2::3", "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::", "::1%eth0", "[::1]", "1.2.3.4::", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4",
            "１.2.3.4", "::\u{0}",
        ])
    func malformed(text: String) { #expect(IPAddress(text) == nil) }

    @Test("A range holds its first and last address and not their neighbours")
    func ranges() throws {
        for (range, inside, outside) in [
            ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.1.1"], ["9.255.255.255", "11.0.0.0", "::a00:1"]),
            ("192.0.2.4/31", ["192.0.2.4", "192.0.2.5"], ["192.0.2.3", "192.0.2.6"]),
            ("192.0.2.4", ["192.0.2.4"], ["192.0.2.5"]), ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::"]),
            ("2001:db8::/33", ["2001:db8::", "2001:db8:7fff::1"], ["2001:db8:8000::", "10.0.0.1"]),
        ] {
            let block = try #require(CIDRBlock(range))
            for address in inside { #expect(block.contains(try #require(IPAddress(address))), "\(address) in \(range)") }
            for address in outside { #expect(!block.contains(try #require(IPAddress(address))), "\(address) not in \(range)") }
            #expect(CIDRBlock(block.description) == block)
        }
    }

    @Test(
        "A slip in a range is refused",
        arguments: ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/-1", "::/129", "/8", "10.0.0.0/8/8"])
    func slips(text: String) { #expect(CIDRBlock(text) == nil) }
}
