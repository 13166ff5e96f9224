import SIP
import Testing

@Suite struct RejectionTests {
    private static let lines = [
        "OPTIONS sip:h SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa, SIP/2.0/UDP b", "Via: SIP/2.0/UDP c", "From: <sip:a@b>;tag=1",
        "To: <sip:c@d>",
        "Call-ID: x", "CSeq: 1 OPTIONS", "Max-Forwards: 70", "Content-Length: 0",
    ]

    /// The message with the line that begins like `line` replaced by it, or with it added.
    private static func message(_ line: String?, without name: String? = nil) -> [UInt8] {
        var lines = Self.lines
        if let name { lines.removeAll { $0.hasPrefix(name) } }
        if let line { lines.insert(line, at: 1) }
        return Array((lines + ["", ""]).joined(separator: "\r\n").utf8)
    }

    @Test func `The sample is right`() {
        #expect(fault(of: Self.message(nil)) == nil)
    }

    struct Fault: Sendable {
        var line: String?
        var name: String?
        var expected: SIPParseFault

        init(_ line: String?, _ name: String?, _ expected: SIPParseFault) {
            self.line = line
            self.name = name
            self.expected = expected
        }
    }

    private static let faults: [Fault] = [
        Fault("From: x", "From", .malformed(.from)), Fault("To: <sip:c@d", "To", .malformed(.to)),
        Fault("CSeq: 9999999999 OPTIONS", "CSeq", .malformed(.cseq)), Fault("CSeq: 1 INVITE", "CSeq", .methodMismatch),
        Fault("Call-ID: a b", "Call-ID", .malformed(.callID)), Fault(nil, "From", .missing(.from)),
        Fault("Max-Forwards: 256", "Max-Forwards", .malformed(.maxForwards)), Fault("Max-Forwards: 1", nil, .duplicate(.maxForwards)),
        Fault("Contact: *", nil, .malformed(.contact)), Fault("Contact: <sip:a>,", nil, .malformed(.contact)),
        Fault("Route: sip:a?b=c", nil, .malformed(.route)), Fault("Content-Length: -1", "Content-Length", .malformed(.contentLength)),
        Fault("no header", nil, .notAHeader(line: 2)), Fault(": x", nil, .notAHeader(line: 2)),
        Fault("X: a\u{1}", nil, .controlCharacter(line: 2)), Fault("X: a\rb", nil, .controlCharacter(line: 2)),
        Fault("X: \"\\\r\"", nil, .controlCharacter(line: 2)), Fault("X: " + String(repeating: "a", count: 8193), nil, .lineTooLong(line: 2)),
        Fault("X: " + String(repeating: "a", count: 9000), nil, .lineTooLong(line: 2)),
        Fault("X: 1" + String(repeating: "\r\nX: 1", count: 120), nil, .tooManyLines),
        Fault("From: <sip:a@b>;tag=" + String(repeating: "t", count: 513), "From", .malformed(.from)),
    ]

    @Test(arguments: faults)
    func `What cannot be read but addressed is answered`(sample: Fault) throws {
        let (without, expected) = (sample.name, sample.expected)
        let error = try #require(fault(of: Self.message(sample.line, without: without)))
        #expect(error.fault == expected)
        var rejection = try #require(error.rejection)
        #expect(rejection.status == 400)
        rejection.addTag("new")
        rejection.via.note(source: try #require(SIPAddress("198.51.100.1:5")))
        var bytes: [UInt8] = []
        rejection.serialise(into: &bytes)
        let answer = text(bytes)
        #expect(
            answer.hasPrefix(
                "SIP/2.0 400 \(expected.description)\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa;received=198.51.100.1\r\nVia: SIP/2.0/UDP b\r\n"))
        #expect(answer.hasSuffix("Content-Length: 0\r\n\r\n"))
        #expect(answer.contains("\r\nTo: <sip:c@d>;tag=new\r\n") == (without != "To"))
    }

    private static let firstLines: [(String, UInt16)] = [
        ("OPTIONS sip:h SIP/3.0", 505), ("OPTIONS sip:h SIP/2.0 ", 400), ("OPTIONS  sip:h SIP/2.0", 400), ("OPTIONS <sip:h> SIP/2.0", 400),
        ("OPTIONS sip:h?a=b SIP/2.0", 400), ("OPTIONS sip:" + String(repeating: "a", count: 2045) + " SIP/2.0", 414),
    ]

    @Test(arguments: firstLines)
    func `The first line has its own answers`(line: String, status: UInt16) throws {
        let bytes = Array(([line] + Self.lines.dropFirst() + ["", ""]).joined(separator: "\r\n").utf8)
        #expect(try #require(fault(of: bytes)?.rejection).status == status)
    }

    @Test(arguments: [
        "ACK sip:h SIP/3.0", "GET / HTTP/1.1", "SIP/2.0 099 x", "SIP/2.0 700 x", "SIP/2.0 20 x", "SIP/2.0", "SIP/1.0 200 OK", "OPTIONS",
        "OPTIONS sip:h", "<> sip:h SIP/2.0",
    ])
    func `Nobody answers an ACK, a response, or what is not SIP`(line: String) throws {
        let bytes = Array(([line] + Self.lines.dropFirst() + ["", ""]).joined(separator: "\r\n").utf8)
        #expect(try #require(fault(of: bytes)).rejection == nil)
    }

    @Test(arguments: ["Via", "Call-ID", "CSeq"])
    func `Without an address or a name there is no answer`(name: String) throws {
        let error = try #require(fault(of: Self.message(nil, without: name)))
        #expect(error.fault == .missing(try #require(HeaderName(name))))
        #expect(error.rejection == nil)
    }

    @Test func `A message may be as large as a datagram and no larger`() {
        let head = Self.message(nil, without: "Content-Length")
        #expect(fault(of: head + Array(repeating: 0, count: 65_535 - head.count)) == nil)
        #expect(fault(of: head + Array(repeating: 0, count: 65_536 - head.count))?.fault == .tooLong(bytes: 65_536))
    }

    @Test func `A list has an end`() {
        func via(_ count: Int) -> [UInt8] { Self.message("Via: " + (0..<count).map { "SIP/2.0/UDP h\($0)" }.joined(separator: ", "), without: "Via") }
        #expect(fault(of: via(64)) == nil)
        #expect(fault(of: via(65))?.fault == .malformed(.via))
    }
}
