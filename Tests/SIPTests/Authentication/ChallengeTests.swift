import SIP
import Testing

@Suite struct ChallengeTests {
    @Test func `A challenge is read`() throws {
        let challenge = try #require(
            DigestChallenge(#"digest  REALM = "a \"b\", c" ,nonce="n/+=", Algorithm=sha-256, qop="auth-int , Auth", stale=TRUE, opaque="", x=y"#))
        #expect(challenge == DigestChallenge(realm: #"a \"b\", c"#, nonce: "n/+=", opaque: "", algorithm: .sha256, isStale: true))
        #expect(DigestChallenge(challenge.text) == challenge)
        let old = try #require(DigestChallenge(#"Digest realm="r", nonce="n""#))
        #expect(old.algorithm == .md5 && old.namedAlgorithm == nil && old.protection == .none && !old.isStale)
        #expect(try #require(DigestChallenge(#"Digest realm="r", nonce="n", qop="auth-int""#)).protection == .unsupported)
    }

    @Test(arguments: [
        "", "Digest", "Basic realm=\"r\"", #"Digest realm="r""#, #"Digest nonce="n""#, #"Digest realm="r", nonce="""#,
        #"Digest realm="r", nonce="n", algorithm=SHA-512-256"#,
        #"Digest realm="r", nonce="n","#, #"Digest realm="r" nonce="n""#, #"Digest realm="r", nonce="n", realm="s""#, #"Digest realm="r", nonce="n"#,
        #"Digest realm="r", nonce=n=n"#, #"Digestrealm="r", nonce="n""#, "Digest realm=\"r\", nonce=\"" + String(repeating: "n", count: 1025) + "\"",
        "Digest realm=\"r\", nonce=\"n\"" + (0..<31).map { ", p\($0)=1" }.joined(),
    ])
    func `What is no challenge of ours is not read`(text: String) {
        #expect(DigestChallenge(text) == nil)
    }

    @Test func `Credentials are read`() throws {
        let text =
            #"Digest username="a\"b", realm="r", nonce="n", uri="sip:h", response="00ff", algorithm=MD5, opaque="o", qop=auth, nc=0000001A, cnonce="c""#
        let credentials = try #require(DigestCredentials(text))
        #expect(credentials.username == "a\"b" && credentials.nonceCount == 26 && credentials.protection?.cnonce == "c")
        #expect(credentials.text == text)
    }

    @Test(arguments: [
        "", #"Digest username="a", realm="r", nonce="n", uri="u""#, #"Digest username="a", realm="r", nonce="n", uri="u", response="r", qop=auth"#,
        #"Digest username="a", realm="r", nonce="n", uri="u", response="r", qop=auth, nc=1, cnonce="c""#,
        #"Digest username="a", realm="r", nonce="n", uri="u", response="r", qop=auth, nc=0000000g, cnonce="c""#,
        #"Digest username="a", realm="r", nonce="n", uri="u", response="r", qop=auth-int, nc=00000001, cnonce="c""#,
        #"Digest username="a", realm="r", nonce="n", uri="u", response="r", algorithm=X"#,
    ])
    func `What are no credentials are not read`(text: String) {
        #expect(DigestCredentials(text) == nil)
    }

    @Test func `No value leaves its quotes`() throws {
        let challenge = DigestChallenge(realm: "r\", stale=true, x=\"", nonce: "n\\", opaque: "o\\\"p\r\n", algorithm: nil)
        let read = try #require(DigestChallenge(challenge.text))
        #expect(read.realm == "r, stale=true, x=" && read.nonce == "n" && read.opaque == "o\\\"p" && !read.isStale)
    }
}
