import Domain
import Testing

@Suite("Who may speak on the control endpoint")
struct ControlVerifierTests {
    static let body = Array(#"{"id":"1"}"#.utf8)
    static func request(
        audience: String = "br_1", epoch: UInt64 = 7, method: String = "POST", target: String = "/control/command", body: [UInt8] = body
    ) -> ControlRequest {
        ControlRequest(audience: audience, epoch: epoch, method: method, target: target, body: body)
    }
    static func header(
        _ request: ControlRequest = request(), time: Int64 = Sample.now, nonce: ControlNonce = Sample.nonce,
        keys: ControlKeys = ControlKeys(Sample.firstKey)
    ) -> String {
        ControlSignature(of: request, time: time, nonce: nonce, keys: keys).header
    }
    var verifier = ControlVerifier(keys: ControlKeys(Sample.firstKey))

    @Test("A genuine request is accepted once, and refused when it comes again")
    mutating func replay() {
        #expect(verifier.verify(Self.request(), header: Self.header(), now: Sample.now) == .genuine(Sample.nonce))
        for now in [Sample.now, Sample.now + 30, Sample.now - 30] {
            #expect(verifier.verify(Self.request(), header: Self.header(), now: now) == .refused(.replayed))
        }
        #expect(verifier.verify(Self.request(), header: Self.header(), now: Sample.now + 31) == .refused(.stale))
    }

    @Test("The same nonce under another time is a replay too")
    mutating func reusedNonce() {
        #expect(verifier.verify(Self.request(), header: Self.header(), now: Sample.now) == .genuine(Sample.nonce))
        #expect(verifier.verify(Self.request(), header: Self.header(time: Sample.now + 1), now: Sample.now) == .refused(.replayed))
    }

    @Test(
        "Thirty seconds either way are in time, one more is not",
        arguments: [
            (Int64(-31), false), (-30, true), (0, true), (30, true), (31, false), (Int64.max - Sample.now, false), (-Sample.now, false),
        ])
    mutating func late(offset: Int64, inTime: Bool) {
        let verdict = verifier.verify(Self.request(), header: Self.header(), now: Sample.now + offset)
        #expect(verdict == (inTime ? .genuine(Sample.nonce) : .refused(.stale)))
    }

    @Test("No clock makes it trap", arguments: [Int64.min, .max, 0, -1])
    mutating func anyClock(now: Int64) {
        #expect(verifier.verify(Self.request(), header: Self.header(), now: now) == .refused(.stale))
        #expect(
            verifier.verify(Self.request(), header: Self.header(time: 0), now: now)
                == ((-30...30).contains(now) ? .genuine(Sample.nonce) : .refused(.stale)))
    }

    @Test(
        "What was signed for another bridge, epoch, path, method or body is not for us",
        arguments: [
            request(audience: "br_2"), request(audience: "api"), request(epoch: 6), request(epoch: 0), request(method: "PUT"),
            request(target: "/control/command?x"), request(target: "/control/events"), request(body: []), request(body: body + [0]),
            request(audience: "br_1\n7"), request(target: "/control/command\n"), request(method: ""),
        ])
    mutating func altered(signed: ControlRequest) {
        #expect(verifier.verify(Self.request(), header: Self.header(signed), now: Sample.now) == .refused(.wrongSignature))
        #expect(verifier.verify(signed, header: Self.header(), now: Sample.now) == .refused(.wrongSignature))
        // A refused request uses up nobody's nonce.
        #expect(verifier.verify(Self.request(), header: Self.header(), now: Sample.now) == .genuine(Sample.nonce))
    }

    @Test("A line feed inside a field is refused even with a fitting signature")
    mutating func smuggledLine() {
        let request = Self.request(target: "/control/command\nx")
        #expect(verifier.verify(request, header: Self.header(request), now: Sample.now) == .refused(.wrongSignature))
    }

    @Test("No signature and no readable signature are told apart")
    mutating func unsigned() {
        #expect(verifier.verify(Self.request(), header: nil, now: Sample.now) == .refused(.unsigned))
        #expect(verifier.verify(Self.request(), header: "v1=?", now: Sample.now) == .refused(.malformed))
    }

    @Test("While keys are rotated either side may change over first")
    func rotation() {
        let old = ControlKeys(Sample.firstKey), new = ControlKeys(Sample.secondKey)
        let both = ControlKeys(Sample.secondKey, previous: Sample.firstKey)
        for (signer, holder, fits) in [
            (old, both, true), (both, old, true), (new, both, true), (both, new, true), (old, new, false), (new, old, false),
        ] {
            var verifier = ControlVerifier(keys: holder)
            let verdict = verifier.verify(Self.request(), header: Self.header(keys: signer), now: Sample.now)
            #expect(verdict == (fits ? .genuine(Sample.nonce) : .refused(.wrongSignature)))
        }
    }

    @Test(
        "No prefix and no mutated byte of a header is genuine, with one key or two",
        arguments: [ControlKeys(Sample.firstKey), ControlKeys(Sample.secondKey, previous: Sample.firstKey)])
    mutating func hostileBytes(keys: ControlKeys) {
        let header = Array(Self.header(keys: keys).utf8)
        let two = header.count > 150
        for length in 0..<header.count {
            // Without its second code a header of two is a header of one.
            if two, length == header.count - 68 { continue }
            expectRefusal(header.prefix(length))
        }
        // Of two codes one is enough, so only time and nonce are mutated there.
        let signed = two ? "t=1767225600,n=00112233445566778899aabbccddeeff".utf8.count : header.count
        everyMutation(of: Array(header.prefix(signed))) { expectRefusal($0 + header.dropFirst(signed)) }
    }

    private mutating func expectRefusal(_ bytes: some Collection<UInt8>) {
        let header = String(decoding: bytes, as: UTF8.self)
        if case .genuine = verifier.verify(Self.request(), header: header, now: Sample.now) { Issue.record("\(header) passed") }
    }

    @Test("An answer is believed only for its own request, status and body")
    func answers() {
        let keys = ControlKeys(Sample.secondKey)
        let header = ControlAnswerSignature.header(nonce: Sample.nonce, status: 200, body: Self.body, keys: keys)
        func refusal(
            _ header: String?, nonce: ControlNonce = Sample.nonce, status: Int = 200, body: [UInt8] = ControlVerifierTests.body,
            keys: ControlKeys = keys
        ) -> ControlRefusal? {
            ControlAnswerSignature.refusal(of: header, nonce: nonce, status: status, body: body, keys: keys)
        }
        #expect(refusal(header) == nil)
        #expect(refusal(header, keys: ControlKeys(Sample.firstKey, previous: Sample.secondKey)) == nil)
        #expect(refusal(header, nonce: ControlNonce(String(repeating: "0", count: 32))!) == .wrongSignature)
        #expect(refusal(header, status: 409) == .wrongSignature)
        #expect(refusal(header, body: []) == .wrongSignature)
        #expect(refusal(header, keys: ControlKeys(Sample.firstKey)) == .wrongSignature)
        #expect(refusal(nil) == .unsigned)
        #expect(refusal("") == .malformed)
        #expect(refusal(Self.header()) == .malformed)
        #expect(refusal(String(repeating: "v1=", count: 1000)) == .malformed)
        let bytes = Array(header.utf8)
        for length in bytes.indices { #expect(refusal(String(decoding: bytes.prefix(length), as: UTF8.self)) == .malformed) }
        everyMutation(of: bytes) { if refusal(String(decoding: $0, as: UTF8.self)) == nil { Issue.record("\($0) passed") } }
    }
}
