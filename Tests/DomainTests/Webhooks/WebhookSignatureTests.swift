import Domain
import Testing

@Suite("The signature of a webhook")
struct WebhookSignatureTests {
    @Test("A secret is whsec_ and the base64 of 24 to 64 bytes, and reads back as it was written")
    func secrets() throws {
        var generator = SystemRandomNumberGenerator()
        for count in 0...80 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            guard let secret = WebhookSecret(bytes: bytes) else {
                #expect(!(24...64).contains(count))
                continue
            }
            #expect((24...64).contains(count))
            #expect(WebhookSecret(secret.text) == secret)
            #expect(secret.text.utf8.count == 6 + (count + 2) / 3 * 4)
            #expect("\(secret)" == "whsec_…")
        }
        #expect(WebhookSecret(random: &generator).bytes.count == 32)
        for text in [
            "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa_w", "whsec_AAAA",
            "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=", "whsec_" + String(repeating: "A", count: 200),
        ] {
            #expect(WebhookSecret(text) == nil, "\(text)")
        }
    }

    // Computed by Python's hmac module; the first secret is the one of the Standard Webhooks specification.
    @Test("The headers are what another implementation computed")
    func vector() throws {
        let first = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let second = try #require(WebhookSecret(bytes: Array(0..<32)))
        let id = try #require(EventID("ev_0123456789abcdef01234567"))
        let one = WebhookSignature(id: id, body: Array(#"{"test": 2432232314}"#.utf8), now: 1_614_265_330_999, secrets: [first])
        #expect(one.id == id.text && one.timestamp == "1614265330")
        #expect(one.signature == "v1,gpqF5kYlq2BbbpfEasqeHxANiTD9fNid1L3STvlYzSA=")
        let both = WebhookSignature(id: id, body: Array(#"{"test": 2432232314}"#.utf8), now: 1_614_265_330_999, secrets: [second, first])
        #expect(both.signature == "v1,IQAJUFHKDlHuxat9b6L7eEDsXMcxpvPufMMI9tVcoD4= v1,gpqF5kYlq2BbbpfEasqeHxANiTD9fNid1L3STvlYzSA=")
        #expect(both.headers.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
    }

    // Computed by Python's `cryptography`.
    @Test("An Ed25519 signature and its public key are what another implementation computed, beside v1 and alone")
    func asymmetric() throws {
        let key = try #require(WebhookSigningKey(bytes: Array(0..<32)))
        #expect(key.publicKey.text == "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=")
        let id = try #require(EventID("ev_0123456789abcdef01234567"))
        let body = Array(#"{"test": 2432232314}"#.utf8)
        let expected = "v1a,Tc4aLqQ6O4j/Lf/OXrT2FdtvMN3x8tJzQ+fOs9+KPLOeuMPnyv8Wn2oSs66PLVJRhDMnUB1imWoAHApvGmkjCg=="
        #expect(WebhookSignature(id: id, body: body, now: 1_614_265_330_999, secrets: [], keys: [key]).signature == expected)
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let both = WebhookSignature(id: id, body: body, now: 1_614_265_330_999, secrets: [secret], keys: [key])
        #expect(both.signature == "v1,gpqF5kYlq2BbbpfEasqeHxANiTD9fNid1L3STvlYzSA= " + expected)
        #expect("\(key)" == "whsk_…" && WebhookSigningKey(bytes: Array(0..<31)) == nil)
    }
}
