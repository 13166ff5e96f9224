import SIP
import Testing

/// Damage to single values: each is read into what is written as the same, or not at all.
@Suite struct HostileValueTests {
    @Test func `URIs`() {
        for text in [
            "sips:J%c3%b6rg;x=1:pw%20@Example.ORG:5061;Transport=TCP;lr?a=b&Subject=x%20y", "sip:a@[2001:db8::1]:5060;lr", "sip:192.0.2.1:5060",
            "tel:+4930;ext=1",
        ] {
            forEachDamage(text) { damaged in
                guard let uri = AddressURI(damaged) else { return true }
                _ = uri.user
                guard let sip = uri.sip else { return AddressURI(uri.text) == uri }
                // Whoever is equal to itself is equal in whichever order.
                return SIPURI(sip.text) == sip && SIPURI(sip.text)?.text == sip.text
            }
        }
    }

    @Test func `Addresses with names`() {
        for text in [#""A \"B\", C" <sip:a,b@h;tag=no>;tag=1;p="q;\"""#, "A B <sip:h>;x", "sip:a@h:1;tag=b", "<tel:+1>"] {
            forEachDamage(text) { damaged in
                guard let address = NameAddress(damaged) else { return true }
                return NameAddress(address.text).map { $0.text == address.text && $0.tag == address.tag } ?? false
            }
        }
    }

    @Test func `Vias`() throws {
        let source = try #require(SIPAddress("192.0.2.1:5060"))
        for text in ["SIP / 2.0 / UDP first.example : 4000;rport ;maddr=224.2.0.1;branch=z9hG4bKa", "SIP/2.0/TLS [::1]:5061;received=::1;rport=5062"]
        {
            forEachDamage(text) { damaged in
                guard var via = Via(damaged) else { return true }
                guard Via(via.text)?.text == via.text else { return false }
                _ = (via.hasMagicCookie, via.received, via.rport)
                via.note(source: source)
                return via.responseAddress?.ip == source.ip
            }
        }
    }

    @Test func `Sequence numbers, hosts and addresses`() {
        forEachDamage(" 0004711 INVITE ") { damaged in CSeq(damaged).map { CSeq($0.text) == $0 } ?? true }
        for text in ["2001:db8:0:0:1::1", "::ffff:192.0.2.255", "255.255.255.255", "host-1.example_x.org.", "[2001:db8::1]"] {
            forEachDamage(text) { damaged in
                let host = Host(damaged).map { Host($0.text) == $0 } ?? true
                return host && (IPAddress(damaged).map { IPAddress($0.text) == $0 } ?? true)
            }
        }
        forEachDamage("[2001:db8::1]:65535") { damaged in SIPAddress(damaged).map { SIPAddress($0.text) == $0 } ?? true }
    }

    @Test func `Challenges and credentials`() {
        forEachDamage(#"Digest realm="a \"b\"", nonce="n/+=", algorithm=SHA-256, qop="auth,auth-int", opaque="o", stale=true"#) { damaged in
            // Written without the bytes that would begin a line, and without a qop that we do not speak.
            guard let text = DigestChallenge(damaged)?.text else { return true }
            return DigestChallenge(text)?.text == text
        }
        forEachDamage(
            #"Digest username="6\"10", realm="r", nonce="n", uri="sip:h", response="0123", algorithm=MD5, opaque="", qop=auth, nc=0000001a, cnonce="c""#
        ) { damaged in
            DigestCredentials(damaged).map { credentials in
                _ = credentials.nonceCount
                return DigestCredentials(credentials.text)?.text == credentials.text
            } ?? true
        }
    }

    @Test func `Reasons, tokens and numbers`() {
        forEachDamage(#"SIP ;cause=200 ;text="Call, elsewhere", Q.850;cause=16"#) { damaged in
            let headers = HeaderFields([HeaderField(.reason, damaged), HeaderField(.expires, damaged), HeaderField(.require, damaged)])
            _ = (headers.q850Cause, headers.sipCause, headers.number(.expires))
            return headers.reasons.count <= 64 && headers.tokens(.require).count <= 64
        }
    }

    @Test func `A damaged nonce or digest opens nothing`() throws {
        var server = DigestServer(realm: "r", key: Array(0..<32))
        var request = try readRequest(Samples.register)
        var generator = Zeros()
        let challenge = try #require(server.challenges(isStale: false, now: .zero, using: &generator).first)
        var client = DigestClient(username: "610", password: "p")
        var response = SIPResponse(401, to: request, toTag: "t")
        response.headers.append(.wwwAuthenticate, challenge.text)
        _ = client.receive(response, using: &generator)
        client.authorize(&request)
        let right = try #require(request.headers[.authorization])
        let secret = DigestSecret(username: "610", realm: "r", password: "p")
        var passed: Set<String> = []
        forEachDamage(right) { damaged in
            var forged = request
            forged.headers[.authorization] = damaged
            var fresh = server
            if case .authentic = fresh.verify(forged, now: .zero, secret: { $0 == "610" ? secret : nil }) { passed.insert(damaged) }
            return true
        }
        // What does not enter the digest may change: the case of names and of hexadecimal digits, opaque, algorithm's case.
        let lower = passed.map { $0.lowercased() }
        #expect(lower.allSatisfy { $0.utf8.count == right.utf8.count })
        #expect(lower.allSatisfy { $0.contains("response=\"") && $0.contains(String(right.split(separator: "response=\"")[1].prefix(64))) })
        #expect(server.verify(request, now: .zero, secret: { _ in secret }) == .authentic(username: "610"))
    }

    /// For a test in which only one nonce is made.
    private struct Zeros: RandomNumberGenerator {
        mutating func next() -> UInt64 { 0 }
    }
}
