import SIP
import Testing
import VirtualNetwork

/// A telephone and the registrar, in a time of the test's own.
struct RegistrarBench: ~Copyable {
    var registrar: Registrar
    var generator = SeededGenerator(seed: 11)
    var client = DigestClient(username: "610", password: "secret")
    var now: Duration = .seconds(100)
    var cseq: UInt32 = 1
    var callID = "call-1"
    var source = SIPAddress(IPAddress(ipv4: 0xC633_6407), port: 40_000)
    let local = SIPAddress(IPAddress(ipv4: 0xC000_0201), port: 5060)
    private let secrets = ["610", "620"].map { ($0, DigestSecret(username: $0, realm: "example.org", password: "secret")) }

    init(_ settings: RegistrarSettings = RegistrarSettings()) {
        registrar = Registrar(realm: "example.org", key: Array(0..<32), settings: settings)
    }

    func request(_ contacts: String?, expires: String? = nil) throws -> SIPRequest {
        var lines = [
            "REGISTER sip:example.org SIP/2.0", "Via: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bK\(cseq);rport", "From: <sip:610@example.org>;tag=1",
            "To: <sip:610@example.org>", "Call-ID: \(callID)", "CSeq: \(cseq) REGISTER", "User-Agent: phone",
        ]
        if let contacts { lines.append("Contact: \(contacts)") }
        if let expires { lines.append("Expires: \(expires)") }
        return try readRequest(Array((lines + ["", ""]).joined(separator: "\r\n").utf8))
    }

    /// One datagram, without an answer to a challenge.
    mutating func send(_ request: SIPRequest) -> Registrar.Outcome {
        registrar.register(request, from: source, to: local, now: now, using: &generator) { [secrets] number in
            secrets.first { $0.0 == number }?.1
        }
    }

    /// What a telephone does: it answers the challenge.
    mutating func register(_ contacts: String?, expires: String? = nil, change: (inout SIPRequest) -> Void = { _ in }) throws -> Registrar.Outcome {
        for _ in 0..<3 {
            cseq += 1
            var request = try request(contacts, expires: expires)
            change(&request)
            client.authorize(&request)
            let outcome = send(request)
            guard let response = outcome.response, response.status == 401, client.receive(response, using: &generator) == .retry else {
                client.settle()
                return outcome
            }
        }
        throw NotOfThatKind()
    }

    var contacts: [String] { registrar.bindings(for: "610", now: now).map(\.contact.text) }
}

@Suite struct RegistrarTests {
    @Test func `A telephone is challenged, and then registered where it came from`() throws {
        var bench = RegistrarBench()
        let challenge = try #require(bench.send(try bench.request("<sip:610@10.0.0.7:5060>")).response)
        #expect(challenge.status == 401)
        #expect(challenge.headers.lines(.wwwAuthenticate).compactMap { DigestChallenge($0)?.algorithm } == [.md5])
        let outcome = try bench.register("<sip:610@10.0.0.7:5060>;q=0.7", expires: "600")
        let response = try #require(outcome.response)
        #expect(response.status == 200 && response.to.tag != nil)
        #expect(response.contacts.map(\.text) == ["<sip:610@10.0.0.7:5060>;q=0.700;expires=600"])
        #expect(response.headers[.expires] == "600")
        let binding = try #require(bench.registrar.bindings(for: "610", now: bench.now).first)
        #expect(binding.received.text == "198.51.100.7:40000" && binding.local == bench.local && binding.preference == 700)
        #expect(binding.contact.text == "sip:610@10.0.0.7:5060" && binding.userAgent == "phone")
        #expect(outcome.changes == [.added(extension: "610", binding)])
        #expect(bench.registrar.deadline == bench.now + .seconds(600))
    }

    @Test func `What was registered before a restart is reachable after it, for as long as it had left by the wall clock`() throws {
        var bench = RegistrarBench()
        _ = try bench.register("<sip:610@10.0.0.7:5060;x=1>;q=0.7", expires: "600")
        let before = try #require(bench.registrar.bindings(for: "610", now: bench.now).first)
        let records = bench.registrar.records(of: "610", now: bench.now + .seconds(10), wall: 5_000_000)

        // A process that is two seconds old, one hundred seconds later.
        var next = RegistrarBench()
        next.registrar.restore(records, of: "610", now: .seconds(2), wall: 5_100_000)
        var expected = before
        expected.expiry = .seconds(2 + 600 - 10 - 100)
        #expect(next.registrar.bindings(for: "610", now: .seconds(2)) == [expected])
        #expect(next.registrar.deadline == expected.expiry)
        #expect(next.registrar.records(of: "610", now: .seconds(2), wall: 5_100_000) == records)
        #expect(next.registrar.expire(now: expected.expiry) == [.removed(extension: "610", expected, .expired)])
        #expect(next.registrar.records(of: "610", now: expected.expiry, wall: 0) == [])
    }

    @Test func `A journal that is old, odd or too long restores nothing that a REGISTER could not have brought`() throws {
        var bench = RegistrarBench()
        _ = try bench.register("<sip:610@10.0.0.7:5060>", expires: "600")
        let good = try #require(bench.registrar.records(of: "610", now: bench.now, wall: 1_000_000).first)
        func restored(_ wall: Int64 = 1_000_000, _ change: (inout BindingRecord) -> Void) -> [Binding] {
            var record = good
            change(&record)
            var next = RegistrarBench()
            next.registrar.restore([record], of: "610", now: .zero, wall: wall)
            return next.registrar.bindings(for: "610", now: .zero)
        }
        #expect(restored { _ in }.count == 1)
        #expect(restored(1_600_000) { _ in }.isEmpty)
        #expect(restored { $0.contact = "tel:610" }.isEmpty)
        #expect(restored { $0.received = "nowhere" }.isEmpty)
        #expect(restored { $0.local = "" }.isEmpty)
        #expect(restored(.min) { $0.expiresAt = .max }.isEmpty)
        // A wall clock that went back cannot make it last for ever.
        #expect(restored { $0.expiresAt = .max }.map(\.expiry) == [.seconds(7200)])
        #expect(restored { $0.preference = .max }.map(\.preference) == [1000])

        let many = (0..<100).map { number in
            var record = good
            record.contact = "sip:610@10.0.0.7:\(6000 + number)"
            return record
        }
        var next = RegistrarBench()
        next.registrar.restore(many + many, of: "610", now: .zero, wall: 1_000_000)
        #expect(next.registrar.bindings(for: "610", now: .zero).count == 8)
        for number in 0..<10_010 { next.registrar.restore([good], of: "\(100_000 + number)", now: .zero, wall: 1_000_000) }
        #expect(next.registrar.registeredExtensions == 10_000)
    }

    @Test func `An operator whose telephones know SHA-256 has it asked for first`() throws {
        var settings = RegistrarSettings()
        settings.algorithms = [.sha256, .md5]
        var bench = RegistrarBench(settings)
        let challenge = try #require(bench.send(try bench.request("<sip:610@10.0.0.7:5060>")).response)
        #expect(challenge.headers.lines(.wwwAuthenticate).compactMap { DigestChallenge($0)?.algorithm } == [.sha256, .md5])
        let response = try #require(try bench.register("<sip:610@10.0.0.7:5060>").response)
        #expect(response.status == 200)
    }

    @Test func `A refresh moves the end, and time ends it`() throws {
        var bench = RegistrarBench()
        _ = try bench.register("<sip:a@10.0.0.7>", expires: "100")
        bench.now += .seconds(90)
        bench.source.port = 40_001
        guard case .refreshed("610", let binding)? = try bench.register("<sip:a@10.0.0.7>", expires: "100").changes.first else {
            throw NotOfThatKind()
        }
        #expect(binding.received.port == 40_001)
        bench.now += .seconds(99)
        #expect(bench.registrar.expire(now: bench.now).isEmpty)
        #expect(bench.contacts == ["sip:a@10.0.0.7"])
        bench.now += .seconds(1)
        #expect(bench.contacts.isEmpty)
        #expect(bench.registrar.expire(now: bench.now) == [.removed(extension: "610", binding, .expired)])
        #expect(bench.registrar.deadline == nil)
        #expect(bench.registrar.registeredExtensions == 0)
    }

    @Test func `Contacts are listed, preferred first, and removed one by one or all`() throws {
        var bench = RegistrarBench()
        let all = try bench.register("<sip:a@10.0.0.1>;q=0.1, <sip:b@10.0.0.2>;expires=60, <sip:c@10.0.0.3>;q=1.000;expires=7000").response
        #expect(all?.contacts.count == 3)
        #expect(bench.contacts == ["sip:c@10.0.0.3", "sip:b@10.0.0.2", "sip:a@10.0.0.1"])
        #expect(try bench.register(nil).response?.contacts.map { $0.parameters["expires"] } == ["3600", "60", "7000"])
        #expect(try bench.register("<sip:B@10.0.0.2>;expires=0, <sip:b@10.0.0.2;x=1>;expires=0").changes.count == 1)
        #expect(bench.contacts == ["sip:c@10.0.0.3", "sip:a@10.0.0.1"])
        let removal = try bench.register("*", expires: "0")
        #expect(removal.response?.status == 200 && removal.response?.contacts.isEmpty == true && removal.changes.count == 2)
        #expect(bench.registrar.registeredExtensions == 0)
    }

    @Test func `All or nothing`() throws {
        var bench = RegistrarBench()
        #expect(try bench.register("<sip:a@10.0.0.1>, <mailto:x@y>").response?.status == 400)
        let brief = try bench.register("<sip:a@10.0.0.1>, <sip:b@10.0.0.2>;expires=59").response
        #expect(brief?.status == 423 && brief?.headers[.minExpires] == "60")
        #expect(try bench.register("*").response?.status == 400)
        #expect(try bench.register("*", expires: "1").response?.status == 400)
        #expect(try bench.register("<sip:" + String(repeating: "a", count: 510) + "@h>").response?.status == 400)
        #expect(bench.contacts.isEmpty)
    }

    @Test(arguments: [("10000000000000000000000000000", 7200), ("x", 3600), ("-1", 3600), ("60", 60), (" 61 ", 61)])
    func `A time that cannot be read is the usual one, and one that is too long is cut`(text: String, granted: UInt32) throws {
        var bench = RegistrarBench()
        #expect(try bench.register("<sip:a@10.0.0.1>", expires: text).response?.headers.number(.expires) == granted)
    }

    @Test func `A request that comes late changes nothing`() throws {
        var bench = RegistrarBench()
        bench.cseq = 10
        _ = try bench.register("<sip:a@10.0.0.1>")
        bench.cseq = 3
        #expect(try bench.register("<sip:a@10.0.0.1>;expires=0").response?.status == 400)
        #expect(try bench.register("*", expires: "0").response?.status == 400)
        #expect(try bench.register("<sip:new@10.0.0.1>, <sip:a@10.0.0.1>").response?.status == 400)
        #expect(bench.contacts == ["sip:a@10.0.0.1"])
        // After a restart the telephone has a Call-ID of its own, and counts anew.
        bench.callID = "call-2"
        #expect(try bench.register("<sip:a@10.0.0.1>;expires=0").response?.status == 200)
        #expect(bench.contacts.isEmpty)
    }

    @Test func `A wrong password and an unknown extension are told the same`() throws {
        var answers: [String] = []
        for (user, password) in [("610", "wrong"), ("699", "secret")] {
            var bench = RegistrarBench()
            bench.client = DigestClient(username: user, password: password)
            var response = try #require(try bench.register("<sip:a@h>") { $0.to.uri = .sip(SIPURI(user: user, host: .name("example.org"))) }.response)
            response.to = response.from
            answers.append(text(written(.response(response))))
            #expect(bench.registrar.registeredExtensions == 0 && bench.registrar.noncesInUse == 0)
        }
        #expect(answers[0].hasPrefix("SIP/2.0 403 Forbidden\r\n"))
        #expect(answers[0] == answers[1])
    }

    @Test func `An extension registers nobody but itself`() throws {
        var bench = RegistrarBench()
        #expect(try bench.register("<sip:a@h>") { $0.to.uri = .sip(SIPURI(user: "620", host: .name("example.org"))) }.response?.status == 403)
        #expect(try bench.register("<sip:a@h>") { $0.to.uri = .other(scheme: "tel", "620") }.response?.status == 403)
        #expect(bench.registrar.registeredExtensions == 0)
    }

    @Test func `What we do not speak is refused by name`() throws {
        var bench = RegistrarBench()
        #expect(try bench.register("<sip:a@h>") { $0.uri = .other(scheme: "nobodyknows", "x") }.response?.status == 416)
        #expect(try bench.register("<sip:a@h>") { $0.uri = .sip(SIPURI(host: .name("example.org"), isSecure: true)) }.response?.status == 416)
        let extended = try bench.register("<sip:a@h>") { $0.headers.append(.require, "path, outbound") }.response
        #expect(extended?.status == 420 && extended?.headers[.unsupported] == "path, outbound")
        let local = bench.local
        #expect(
            try bench.register("<sip:a@h>") { $0.vias.append(Via(.udp, host: .address(local.ip), port: nil, branch: "z9hG4bKx")) }.response?.status
                == 482)
        #expect(bench.contacts.isEmpty)
    }

    @Test func `A replay does not count`() throws {
        var bench = RegistrarBench()
        _ = try bench.register("<sip:a@10.0.0.1>")
        var request = try bench.request("<sip:evil@6.6.6.6>")
        request.cseq.number = 99
        bench.client.authorize(&request)
        #expect(bench.send(request).response?.status == 200)
        bench.source = SIPAddress(IPAddress(ipv4: 0x0606_0606), port: 1)
        let outcome = bench.send(request)
        #expect(outcome.response?.status == 401 && outcome.changes.isEmpty)
        #expect(outcome.response?.headers[.wwwAuthenticate].flatMap { DigestChallenge($0)?.isStale } == true)
    }

    @Test func `The contacts of an extension are bounded, and its own oldest gives way`() throws {
        var bench = RegistrarBench()
        for index in 0..<8 {
            bench.callID = "call-\(index)"
            _ = try bench.register("<sip:p\(index)@10.0.0.7>", expires: "\(600 + index)")
        }
        bench.callID = "call-8"
        let changes = try bench.register("<sip:p8@10.0.0.7>").changes
        #expect(changes.count == 2)
        guard case .removed("610", let displaced, .displaced)? = changes.first else { throw NotOfThatKind() }
        #expect(displaced.contact.user == "p0" && bench.contacts.count == 8)
        // From elsewhere nobody is pushed out.
        bench.source = SIPAddress(IPAddress(ipv4: 0x0101_0101), port: 5060)
        bench.callID = "call-9"
        #expect(try bench.register("<sip:q@1.1.1.1>").response?.status == 403)
        #expect(try bench.register((0..<9).map { "<sip:r\($0)@1.1.1.1>" }.joined(separator: ",")).response?.status == 403)
        #expect(bench.contacts.count == 8)
    }

    @Test func `The extensions are bounded`() throws {
        var settings = RegistrarSettings()
        settings.maximumExtensions = 1
        var bench = RegistrarBench(settings)
        _ = try bench.register("<sip:a@10.0.0.1>")
        bench.client = DigestClient(username: "620", password: "secret")
        #expect(try bench.register("<sip:b@10.0.0.1>") { $0.to.uri = .sip(SIPURI(user: "620", host: .name("h"))) }.response?.status == 503)
        #expect(bench.registrar.revoke("610").count == 1)
        #expect(try bench.register("<sip:b@10.0.0.1>") { $0.to.uri = .sip(SIPURI(user: "620", host: .name("h"))) }.response?.status == 200)
    }

    @Test func `A flood without the password leaves nothing and is soon not answered`() throws {
        var bench = RegistrarBench()
        var answered = 0
        let request = try bench.request("<sip:a@h>")
        for _ in 0..<10_000 {
            bench.now += .milliseconds(1)
            if bench.send(request).response != nil { answered += 1 }
        }
        // 40 at once, and ten in each of ten seconds.
        #expect((139...141).contains(answered))
        #expect(bench.registrar.registeredExtensions == 0 && bench.registrar.noncesInUse == 0 && bench.registrar.deadline == nil)
        // Others are served meanwhile, and this one again a while later.
        bench.source = SIPAddress(IPAddress(ipv4: 0x0A00_0001), port: 5060)
        #expect(bench.send(request).response?.status == 401)
        bench.source = SIPAddress(IPAddress(ipv4: 0xC633_6407), port: 1)
        bench.now += .seconds(4)
        for _ in 0..<40 { #expect(bench.send(request).response?.status == 401) }
        #expect(bench.send(request).response == nil)
    }

    @Test func `A clock far ahead or behind ends nothing but bindings`() throws {
        var bench = RegistrarBench()
        _ = try bench.register("<sip:a@10.0.0.1>")
        for now in [Duration.zero, .seconds(-5), .seconds(Int64.max / 4)] {
            bench.now = now
            _ = bench.send(try bench.request("<sip:a@h>"))
            _ = bench.contacts
        }
        #expect(bench.registrar.expire(now: bench.now).count == 1)
    }
}
