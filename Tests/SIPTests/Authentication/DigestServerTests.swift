import SIP
import Testing
import VirtualNetwork

@Suite struct DigestServerTests {
    private var generator = SeededGenerator(seed: 5)
    private var server = DigestServer(realm: "example.org", key: Array(0..<32), nonceLifetime: .seconds(60), maximumNonces: 8)
    private let secret = DigestSecret(username: "610", realm: "example.org", password: "secret")

    /// A client that has been challenged at `now`.
    private mutating func client(
        password: String = "secret", username: String = "610", now: Duration, only: DigestAlgorithm? = nil
    ) throws -> DigestClient {
        var response = SIPResponse(401, to: try readRequest(Samples.register), toTag: "t")
        for challenge in server.challenges(isStale: false, now: now, using: &generator) where only == nil || challenge.algorithm == only {
            response.headers.append(.wwwAuthenticate, challenge.text)
        }
        var client = DigestClient(username: username, password: password)
        let verdict = client.receive(response, using: &generator)
        #expect(verdict == .retry)
        return client
    }

    private func authorized(_ client: inout DigestClient) throws -> SIPRequest {
        var request = try readRequest(Samples.register)
        client.authorize(&request)
        return request
    }

    private mutating func verify(_ request: SIPRequest, now: Duration) -> DigestServer.Verdict {
        server.verify(request, now: now) { [secret] in $0 == "610" ? secret : nil }
    }

    @Test mutating func `The better challenge comes first, and nonces differ`() {
        let challenges = server.challenges(isStale: true, now: .seconds(1), using: &generator)
        #expect(challenges.map(\.algorithm) == [.sha256, .md5])
        #expect(challenges.allSatisfy { $0.isStale && $0.protection == .auth && $0.realm == "example.org" })
        #expect(server.challenges(isStale: true, now: .seconds(1), using: &generator).first?.nonce != challenges.first?.nonce)
    }

    @Test(arguments: [DigestAlgorithm.sha256, .md5])
    mutating func `The right password is right with either hash`(algorithm: DigestAlgorithm) throws {
        var client = try client(now: .seconds(1), only: algorithm)
        for _ in 0..<3 { #expect(verify(try authorized(&client), now: .seconds(2)) == .authentic(username: "610")) }
        #expect(server.noncesInUse == 1)
    }

    @Test mutating func `An unknown user looks like a wrong password`() throws {
        var wrong = try client(password: "Secret", now: .zero)
        var unknown = try client(username: "611", now: .zero)
        // What stands in for the secret of an unknown user is no password.
        var nobody = try client(password: "nobody", username: "nobody", now: .zero)
        #expect(verify(try authorized(&wrong), now: .zero) == .wrong)
        #expect(verify(try authorized(&unknown), now: .zero) == .wrong)
        #expect(verify(try authorized(&nobody), now: .zero) == .wrong)
        #expect(server.noncesInUse == 0)
    }

    @Test mutating func `No credentials for our realm are none`() throws {
        var request = try readRequest(Samples.register)
        #expect(verify(request, now: .zero) == .wrong)
        request.headers[.authorization] = request.headers[.authorization]?.replacing("example.org\",", with: "example.com\",")
        #expect(verify(request, now: .zero) == .missing)
        request.headers[.authorization] = "Basic x"
        #expect(verify(request, now: .zero) == .missing)
        request.headers.remove(.authorization)
        #expect(verify(request, now: .zero) == .missing)
    }

    @Test mutating func `A nonce ages, also while it is in use`() throws {
        var client = try client(now: .seconds(10))
        #expect(verify(try authorized(&client), now: .seconds(70)) == .authentic(username: "610"))
        #expect(verify(try authorized(&client), now: .milliseconds(70_001)) == .stale)
        // A nonce of the future is none of this start.
        #expect(verify(try authorized(&client), now: .seconds(9)) == .stale)
    }

    @Test mutating func `A nonce of another key is stale for who knows the password`() throws {
        var client = try client(now: .zero)
        server = DigestServer(realm: "example.org", key: Array(1..<33))
        #expect(verify(try authorized(&client), now: .zero) == .stale)
        var wrong = DigestClient(username: "610", password: "x")
        var response = SIPResponse(401, to: try readRequest(Samples.register), toTag: "t")
        response.headers.append(.wwwAuthenticate, #"Digest realm="example.org", nonce="guessed", qop="auth""#)
        _ = wrong.receive(response, using: &generator)
        #expect(verify(try authorized(&wrong), now: .zero) == .wrong)
    }

    @Test mutating func `Credentials count once, in any order`() throws {
        var client = try client(now: .zero)
        let requests = try (0..<100).map { _ in try authorized(&client) }
        // The 100th first: the 36 oldest have fallen out of the window.
        #expect(verify(requests[99], now: .zero) == .authentic(username: "610"))
        for (index, request) in requests.enumerated().reversed() {
            #expect(verify(request, now: .zero) == (index < 99 && index >= 36 ? .authentic(username: "610") : .stale))
            #expect(verify(request, now: .zero) == .stale)
        }
    }

    @Test mutating func `Credentials without a count are good for one request`() throws {
        let nonce = try #require(server.challenges(isStale: false, now: .zero, using: &generator).first).nonce
        var client = DigestClient(username: "610", password: "secret")
        var response = SIPResponse(401, to: try readRequest(Samples.register), toTag: "t")
        response.headers.append(.wwwAuthenticate, "Digest realm=\"example.org\", nonce=\"\(nonce)\"")
        _ = client.receive(response, using: &generator)
        #expect(verify(try authorized(&client), now: .zero) == .authentic(username: "610"))
        #expect(verify(try authorized(&client), now: .zero) == .stale)
    }

    @Test mutating func `Credentials for another request or another place do not count`() throws {
        var client = try client(now: .zero)
        var request = try authorized(&client)
        request.method = .invite
        #expect(verify(request, now: .zero) == .wrong)
        request = try authorized(&client)
        request.uri = .sip(SIPURI(host: .name("elsewhere.example")))
        #expect(verify(request, now: .zero) == .wrong)
        request = try authorized(&client)
        request.uri = try #require(AddressURI("sip:EXAMPLE.org:5060;transport=udp"))
        #expect(verify(request, now: .zero) == .authentic(username: "610"))
    }

    @Test mutating func `The memory of nonces is bounded and forgets nothing that could come again`() throws {
        var requests: [SIPRequest] = []
        for second in 0..<50 {
            var client = try client(now: .seconds(second))
            let request = try authorized(&client)
            #expect(verify(request, now: .seconds(second)) == .authentic(username: "610"))
            #expect(server.noncesInUse <= 8)
            requests.append(request)
        }
        for request in requests { #expect(verify(request, now: .seconds(50)) == .stale) }
    }

    @Test mutating func `No change of a nonce opens its seal`() throws {
        var client = try client(now: .zero)
        let request = try authorized(&client)
        let credentials = try #require(request.headers[.authorization].flatMap { DigestCredentials($0) })
        for index in credentials.nonce.indices {
            var nonce = credentials.nonce
            nonce.replaceSubrange(index...index, with: nonce[index] == "0" ? "1" : "0")
            // With the right password for the changed nonce, so that only the seal can tell.
            var forger = DigestClient(username: "610", password: "secret")
            var response = SIPResponse(401, to: request, toTag: "t")
            response.headers.append(.wwwAuthenticate, "Digest realm=\"example.org\", nonce=\"\(nonce)\", algorithm=SHA-256, qop=\"auth\"")
            _ = forger.receive(response, using: &generator)
            #expect(verify(try authorized(&forger), now: .zero) == .stale)
        }
    }
}
