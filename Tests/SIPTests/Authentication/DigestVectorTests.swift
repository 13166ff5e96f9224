import SIP
import Testing

@Suite struct DigestVectorTests {
    struct Vector: Sendable {
        var source: String
        var algorithm: DigestAlgorithm
        var user = "Mufasa"
        var realm: String
        var password: String
        var method = "GET"
        var uri = "/dir/index.html"
        var nonce: String
        var protection: DigestComputation.Protection?
        var response: String
    }

    private static let rfc7616Nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
    private static let rfc7616 = DigestComputation.Protection(nonceCount: "00000001", cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")

    private static let vectors: [Vector] = [
        Vector(
            source: "RFC 7616 section 3.9.1", algorithm: .md5, realm: "http-auth@example.org", password: "Circle of Life", nonce: rfc7616Nonce,
            protection: rfc7616, response: "8ca523f5e9506fed4657c9700eebdbec"),
        Vector(
            source: "RFC 7616 section 3.9.1", algorithm: .sha256, realm: "http-auth@example.org", password: "Circle of Life", nonce: rfc7616Nonce,
            protection: rfc7616, response: "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        Vector(
            source: "the same by another program", algorithm: .md5Session, realm: "http-auth@example.org", password: "Circle of Life",
            nonce: rfc7616Nonce, protection: rfc7616, response: "e783283f46242139c486a698fec7211d"),
        Vector(
            source: "the same by another program", algorithm: .sha256Session, realm: "http-auth@example.org", password: "Circle of Life",
            nonce: rfc7616Nonce, protection: rfc7616, response: "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7"),
        Vector(
            source: "RFC 2617 section 3.5", algorithm: .md5, realm: "testrealm@host.com", password: "Circle Of Life",
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", protection: DigestComputation.Protection(nonceCount: "00000001", cnonce: "0a4f113b"),
            response: "6629fae49393a05397450978507c4ef1"),
        Vector(
            source: "RFC 2069 section 2.4 as corrected", algorithm: .md5, realm: "testrealm@host.com", password: "CircleOfLife",
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", response: "1949323746fe6a43ef61f9606e7febea"),
        Vector(
            source: "an INVITE without qop, by another program", algorithm: .md5, user: "bob", realm: "biloxi.com", password: "zanzibar",
            method: "INVITE", uri: "sip:bob@biloxi.com", nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", response: "bf57e4e0d0bffc0fbaedce64d59add5e"),
    ]

    @Test(arguments: vectors)
    func `Known answers come out`(vector: Vector) throws {
        let computation = DigestComputation(
            vector.algorithm, method: try #require(SIPMethod(vector.method)), uri: vector.uri, nonce: vector.nonce, protection: vector.protection)
        let ha1 = DigestComputation.ha1(vector.algorithm, username: vector.user, realm: vector.realm, password: vector.password)
        #expect(computation.response(ha1: ha1) == vector.response)
    }
}
