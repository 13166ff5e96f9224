import Domain
import Testing

@Suite("Which addresses a webhook may be sent to")
struct EgressPolicyTests {
    static let refused = [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.0.1",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
        "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3",
        "64:ff9b:1::8.8.8.8", "100::1", "2001::1", "2001:0:4136:e378::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::",
        "2002:a00:1::1", "2002:808:808::1", "3fff::1", "3fff:fff:ffff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "febf::1", "fec0::1",
        "ff02::1", "ff0e::1", "4000::1",
    ]
    static let permitted = [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "172.15.255.255", "172.32.0.0",
        "192.0.1.1", "192.167.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "2001:200::1",
        "2001:4860:4860::8888", "2003::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8",
    ]

    @Test("What is not of the public Internet is refused, in every dress", arguments: refused)
    func refuses(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(EgressPolicy().refusal(of: address, isEncrypted: true) == .notPublic)
        #expect(EgressPolicy().refusal(of: address, isEncrypted: false) == .notPublic)
    }

    @Test("What is public is permitted, when encrypted", arguments: permitted)
    func permits(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(EgressPolicy().refusal(of: address, isEncrypted: true) == nil)
        #expect(EgressPolicy().refusal(of: address, isEncrypted: false) == .notEncrypted)
    }

    @Test("The operator's list opens what it names, and nothing beside it")
    func allowed() throws {
        let policy = EgressPolicy(allowing: [try #require(CIDRBlock("127.0.0.0/30")), try #require(CIDRBlock("fd00:1::/32"))])
        for (text, expected) in [
            ("127.0.0.1", nil), ("127.0.0.3", nil), ("127.0.0.4", .notPublic), ("::ffff:127.0.0.1", nil), ("fd00:1::9", nil),
            ("fd00:2::9", .notPublic),
            ("10.0.0.1", .notPublic), ("1.1.1.1", .notEncrypted),
        ] as [(String, EgressPolicy.Refusal?)] {
            #expect(policy.refusal(of: try #require(IPAddress(text)), isEncrypted: false) == expected, "\(text)")
        }
    }
}
