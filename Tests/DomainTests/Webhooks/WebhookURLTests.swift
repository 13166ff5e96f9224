import Domain
import Testing

@Suite("The URL of a webhook")
struct WebhookURLTests {
    @Test(
        "An absolute https URL with a public name or address is taken",
        arguments: [
            ("https://crm.example.com/hook?x=1&y=a%20b", "crm.example.com"), ("HTTPS://CRM.Example.com:8443", "crm.example.com"),
            ("https://crm.example.com.", "crm.example.com."), ("https://[2606:4700::1111]:8443/", "2606:4700::1111"),
            ("https://1.1.1.1/a", "1.1.1.1"),
            ("https://xn--mnchen-3ya.example/", "xn--mnchen-3ya.example"), ("https://under_score.example/", "under_score.example"),
        ])
    func taken(text: String, host: String) throws {
        let url = try WebhookURL(text, policy: EgressPolicy())
        #expect(url.text == text && url.host == host && url.isEncrypted)
    }

    @Test(
        "Everything else is refused, with the reason",
        arguments: [
            ("", .malformed), ("crm.example.com", .malformed), ("ftp://crm.example.com", .notHTTPS), ("http://crm.example.com/", .notHTTPS),
            ("http://1.1.1.1/", .notHTTPS), ("https://", .malformed), ("https:///path", .malformed), ("https://user:pw@crm.example.com/", .userInfo),
            ("https://user@crm.example.com/", .userInfo), ("https://crm.example.com/#a", .fragment), ("https://münchen.example/", .internationalHost),
            ("https://crm.example.com/a b", .malformed), ("https://crm.example.com/\\a", .malformed),
            ("https://crm.example.com/\r\nX: y", .malformed),
            ("https://crm.example.com/ü", .malformed), ("https://crm.example.com:0/", .malformed), ("https://crm.example.com:65536/", .malformed),
            ("https://crm.example.com:/", .malformed), ("https://crm.example.com:+1/", .malformed), ("https://-crm.example.com/", .malformed),
            ("https://crm..example.com/", .malformed), ("https://[::1/", .malformed), ("https://[::1]x/", .malformed),
            ("https://[127.0.0.1]/", .malformed),
            ("https://[fe80::1%25eth0]/", .malformed), ("https://127.1/", .malformed), ("https://0x7f000001/", .malformed),
            ("https://2130706433/", .malformed), ("https://0177.0.0.1/", .malformed), ("https://127.0.0.1/", .notPublic),
            ("https://127.0.0.1./", .malformed),
            ("https://localhost/", .notPublic), ("https://LOCALHOST:1/", .notPublic), ("https://a.localhost./", .notPublic),
            ("https://10.0.0.1/", .notPublic),
            ("https://169.254.169.254/latest", .notPublic), ("https://[::1]/", .notPublic), ("https://[::ffff:10.0.0.1]/", .notPublic),
            ("https://[64:ff9b::7f00:1]/", .notPublic), ("http://127.0.0.1/", .notPublic),
            ("https://" + String(repeating: "a", count: 64) + ".example/", .malformed),
            ("https://crm.example.com/" + String(repeating: "a", count: 2_048), .malformed),
        ] as [(String, WebhookURL.Refusal)])
    func refused(text: String, refusal: WebhookURL.Refusal) {
        #expect(throws: refusal) { try WebhookURL(text, policy: EgressPolicy()) }
    }

    @Test("What the operator allows may also be http, by address or by a name that may lead there")
    func allowed() throws {
        let policy = EgressPolicy(allowing: [try #require(CIDRBlock("127.0.0.0/8"))])
        for text in ["http://127.0.0.1:8080/hook", "https://127.0.0.1/", "http://localhost:9/", "http://crm.internal/hook"] {
            #expect(try WebhookURL(text, policy: policy).text == text)
        }
        #expect(throws: WebhookURL.Refusal.notPublic) { try WebhookURL("http://10.0.0.1/", policy: policy) }
        #expect(throws: WebhookURL.Refusal.notHTTPS) { try WebhookURL("http://1.1.1.1/", policy: policy) }
    }
}
