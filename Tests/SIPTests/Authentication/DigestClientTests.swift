import SIP
import Testing
import VirtualNetwork

@Suite struct DigestClientTests {
    private var generator = SeededGenerator(seed: 3)
    private var client = DigestClient(username: "610", password: "secret")

    private func response(_ status: UInt16, _ challenges: [String]) throws -> SIPResponse {
        var response = SIPResponse(status, to: try readRequest(Samples.invite), toTag: "t")
        for challenge in challenges { response.headers.append(status == 407 ? .proxyAuthenticate : .wwwAuthenticate, "Digest " + challenge) }
        return response
    }

    private mutating func receive(_ status: UInt16 = 401, _ challenges: String...) throws -> DigestClient.Verdict {
        client.receive(try response(status, challenges), using: &generator)
    }

    private mutating func credentials(_ name: HeaderName = .authorization) throws -> [DigestCredentials] {
        var request = try readRequest(Samples.invite)
        client.authorize(&request)
        return request.headers.lines(name).compactMap { DigestCredentials($0) }
    }

    private func isRight(_ credentials: DigestCredentials) -> Bool {
        let ha1 = DigestComputation.ha1(credentials.algorithm, username: "610", realm: credentials.realm, password: "secret")
        let computation = DigestComputation(
            credentials.algorithm, method: .invite, uri: "sip:+4930123456@trunk.example.net;user=phone", nonce: credentials.nonce,
            protection: credentials.protection, sessionCnonce: credentials.sessionCnonce)
        return computation.response(ha1: ha1) == credentials.response && credentials.uri == computation.uri
    }

    @Test mutating func `Nothing is said before it is asked`() throws {
        #expect(try credentials().isEmpty)
    }

    @Test mutating func `The strongest of several challenges is answered`() throws {
        let verdict = try receive(
            401, #"realm="r", nonce="1", qop="auth""#, #"realm="r", nonce="2", qop="auth", algorithm=SHA-512-256"#,
            #"realm="r", nonce="3", qop="auth", algorithm=SHA-256, opaque="o""#, #"realm="r", nonce="4", qop="auth-int", algorithm=SHA-256-sess"#,
            #"realm="r", nonce="5", algorithm=MD5-sess"#)
        #expect(verdict == .retry)
        let answers = try credentials()
        #expect(answers.count == 1)
        let answer = try #require(answers.first)
        #expect(answer.nonce == "3" && answer.algorithm == .sha256 && answer.opaque == "o" && answer.nonceCount == 1)
        #expect(answer.protection?.cnonce.utf8.count == 32)
        #expect(isRight(answer))
    }

    @Test(arguments: ["", ", algorithm=MD5-sess", ", algorithm=SHA-256", ", algorithm=SHA-256-sess"], ["", #", qop="auth,auth-int""#])
    mutating func `Each form is answered rightly`(algorithm: String, qop: String) throws {
        #expect(try receive(407, #"realm="r", nonce="1""# + algorithm + qop) == .retry)
        let answer = try #require(try credentials(.proxyAuthorization).first)
        #expect(isRight(answer))
        #expect((answer.protection != nil) == !qop.isEmpty)
        #expect((answer.namedAlgorithm != nil) == !algorithm.isEmpty)
    }

    @Test mutating func `A wrong password is sent once`() throws {
        #expect(try receive(401, #"realm="r", nonce="1""#) == .retry)
        _ = try credentials()
        #expect(try receive(401, #"realm="r", nonce="2""#) == .refused)
        client.settle()
        _ = try credentials()
        #expect(try receive(401, #"realm="r", nonce="1""#) == .refused)
    }

    @Test mutating func `A nonce that has aged is replaced, but not without end`() throws {
        #expect(try receive(401, #"realm="r", nonce="1", qop="auth""#) == .retry)
        for nonce in 2...3 {
            _ = try credentials()
            #expect(try receive(401, #"realm="r", nonce="\#(nonce)", qop="auth", stale=true"#) == .retry)
        }
        _ = try credentials()
        #expect(try receive(401, #"realm="r", nonce="4", qop="auth", stale=true"#) == .refused)
    }

    @Test mutating func `A nonce kept from before may have aged in silence`() throws {
        #expect(try receive(401, #"realm="r", nonce="1", qop="auth""#) == .retry)
        #expect(try credentials().first?.nonceCount == 1)
        client.settle()
        #expect(try credentials().first?.nonceCount == 2)
        #expect(try receive(401, #"realm="r", nonce="2", qop="auth""#) == .retry)
        #expect(try credentials().first?.nonceCount == 1)
        #expect(try receive(401, #"realm="r", nonce="3", qop="auth""#) == .refused)
    }

    @Test mutating func `A count does not come twice with its nonce`() throws {
        var uses: Set<String> = []
        for _ in 0..<3 {
            _ = try receive(401, #"realm="r", nonce="1", qop="auth", stale=true"#)
            let answer = try #require(try credentials().first)
            uses.insert("\(answer.nonce) \(answer.protection?.nonceCount ?? "")")
        }
        #expect(uses.count == 3)
    }

    @Test mutating func `Each realm has its own answer, in bounds`() throws {
        #expect(try receive(407, #"realm="a", nonce="1""#, #"realm="b", nonce="1""#) == .retry)
        #expect(try credentials(.proxyAuthorization).map(\.realm) == ["a", "b"])
        // The peer behind the proxy asks, too: the proxy's answers go along.
        #expect(try receive(401, #"realm="a", nonce="1""#) == .retry)
        #expect(try credentials(.proxyAuthorization).count == 2)
        #expect(try credentials().count == 1)
        for realm in 0..<50 { _ = try receive(401, #"realm="r\#(realm)", nonce="1""#) }
        #expect(try credentials().count == DigestClient.maximumRealms)
    }

    @Test mutating func `What cannot be answered is not`() throws {
        #expect(try receive(401, #"realm="r", nonce="1", qop="auth-int""#) == .unsupported)
        #expect(try receive(401, #"realm="r", nonce="1", algorithm=MD4"#) == .unsupported)
        #expect(try receive(401) == .unsupported)
        #expect(try receive(403, #"realm="r", nonce="1""#) == .unsupported)
        #expect(try credentials().isEmpty)
    }
}
