import Domain
import Testing

@Suite("A resume token")
struct ResumeTokenTests {
    static let token = ResumeToken(peer: Sample.peer, room: Sample.room, load: Sample.load, expiresAtMilliseconds: Sample.now * 1000)
    /// Computed by Python's hmac and base64 modules, with the key 00 01 … 1f.
    static let text = """
        cmwtcmVzdW1lLXYxCnBlXzAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nwp0ZWFtLXN0YW5kdXAKMDAxMTIyMzM0NDU1NjY3Nzg4OTlhYWJiY2NkZGVlZmYK\
        MTc2NzIyNTYwMDAwMGTJ01q8rfutq3Rja5b4VtR2wXWLLpI8KqO_Vqj5yMx_
        """

    @Test("It has the text that another implementation computed")
    func vector() throws {
        #expect(Self.token.sealed(with: Sample.firstKey) == Self.text)
        #expect(try ResumeToken(opening: Self.text, with: Sample.firstKey, now: Sample.now * 1000) == Self.token)
    }

    @Test("It is good through its last millisecond and not after")
    func expiry() {
        #expect(throws: ResumeToken.Refusal.expired) {
            try ResumeToken(opening: Self.text, with: Sample.firstKey, now: Sample.now * 1000 + 1)
        }
    }

    @Test("Another key did not make it")
    func otherKey() {
        #expect(throws: ResumeToken.Refusal.wrongSignature) { try ResumeToken(opening: Self.text, with: Sample.secondKey, now: 0) }
    }

    @Test("What is not base64url of enough bytes is malformed", arguments: ["", "A", "====", "AAAA", "a+b/", String(repeating: "A", count: 513)])
    func malformed(text: String) {
        #expect(throws: ResumeToken.Refusal.malformed) { try ResumeToken(opening: text, with: Sample.firstKey, now: 0) }
    }

    @Test("No prefix and no mutated byte of it opens")
    func hostileBytes() {
        let bytes = Array(Self.text.utf8)
        for length in 0..<bytes.count { expectRefusal(bytes.prefix(length)) }
        everyMutation(of: bytes) { expectRefusal($0) }
    }

    private func expectRefusal(_ bytes: some Collection<UInt8>) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let token = try? ResumeToken(opening: text, with: Sample.firstKey, now: 0) { Issue.record("\(text) opened as \(token)") }
    }

    @Test(
        "base64url has one text for each value",
        arguments: [
            ("", [UInt8]()), ("Zg", [0x66]), ("Zm8", [0x66, 0x6F]), ("Zm9v", [0x66, 0x6F, 0x6F]), ("-_8", [0xFB, 0xFF]),
        ])
    func base64URL(text: String, bytes: [UInt8]) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test(
        "base64url with padding, left-over bits, white space or a lone letter is nothing",
        arguments: ["Zg==", "Zh", "Zm9", "Z", "Zg\n", "Zm 8", "Zm9v\u{0}"])
    func notBase64URL(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
