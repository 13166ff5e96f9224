import SIP
import Testing

@Suite struct MessageTests {
    @Test(arguments: [Samples.invite, Samples.success, Samples.unauthorized, Samples.register])
    func `What is read and written again reads the same`(bytes: [UInt8]) throws {
        let message = try read(bytes)
        let again = written(message)
        #expect(try read(again) == message)
        #expect(written(try read(again)) == again)
    }

    @Test func `The parts of a request are read`() throws {
        let invite = try readRequest(Samples.invite)
        #expect(invite.method == .invite && invite.cseq == CSeq(1, .invite))
        #expect(invite.uri.user == "+4930123456")
        #expect(invite.via?.branch == "z9hG4bK74bf9" && invite.via?.rport == .requested)
        #expect(invite.from.displayName == #"Ann "A" Lee"# && invite.from.tag == "9fxced76sl" && invite.to.tag == nil)
        #expect(invite.routes.map(\.uri.text) == ["sip:edge.example.net;lr"])
        #expect(invite.maxForwards == 70)
        #expect(invite.contacts.first?.uri.sip?.transport == .udp)
        #expect(text(invite.body) == "v=0\r\no=- 1")
        #expect(invite.headers.all == [HeaderField(.contentType, "application/sdp")])
    }

    @Test func `The parts of a response are read`() throws {
        let success = try readResponse(Samples.success)
        #expect(success.isSuccess && success.isFinal && !success.isProvisional)
        #expect(success.recordRoutes.map(\.uri.text) == ["sip:edge.example.net;lr", "sip:[2001:db8::9]:5062;lr"])
        #expect(success.headers.q850Cause == 16)
        #expect(success.to.tag == "8321234356")
    }

    @Test func `A response repeats what it has to`() throws {
        var request = try readRequest(Samples.invite)
        request.recordRoutes = [NameAddress(SIPURI(host: .name("p")))]
        request.headers.append(.timestamp, "54")
        let trying = SIPResponse(100, to: request, toTag: nil)
        #expect(trying.to.tag == nil && trying.headers[.timestamp] == "54" && trying.recordRoutes.isEmpty)
        let ringing = SIPResponse(180, to: request, toTag: "t", recordRoutes: true)
        #expect(ringing.vias == request.vias && ringing.from == request.from && ringing.callID == request.callID && ringing.cseq == request.cseq)
        #expect(ringing.to.tag == "t" && ringing.recordRoutes == request.recordRoutes && ringing.reasonPhrase == "Ringing")
        request.to.tag = "mine"
        #expect(SIPResponse(200, to: request, toTag: "other").to.tag == "mine")
    }

    @Test func `No value begins a line of its own`() throws {
        let poison = "x\r\nEvil: 1\r\n\r\nbody\0\n\r"
        var request = try readRequest(Samples.invite)
        request.method = .other(poison)
        request.uri = .other(scheme: "tel", poison)
        request.callID = poison
        request.cseq.method = .other(poison)
        request.from = NameAddress(displayName: poison, uri: .other(scheme: poison, poison), parameters: Parameters([Parameter(poison, poison)]))
        request.to.uri = .sip(SIPURI(user: poison, host: .name(poison), parameters: Parameters([Parameter(poison, poison)])))
        request.vias = [Via(.other(poison), host: .name(poison), port: 1, branch: poison)]
        request.headers.append(.subject, poison)
        request.headers.append(.contentLength, "999")
        request.body = Array("\r\n\0".utf8)
        let lines = text(written(.request(request))).split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.first?.hasSuffix(" SIP/2.0") == true)
        #expect(
            lines.map { $0.prefix { $0 != ":" && $0 != " " } }.dropFirst() == [
                "Via", "Route", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Type", "Subject", "Content-Length", "", "", "\0",
            ])
        #expect(lines[11] == "Content-Length: 3")
        var response = try readResponse(Samples.success)
        response.reasonPhrase = poison
        #expect(text(written(.response(response))).hasPrefix("SIP/2.0 200 xEvil: 1body\r\nVia: "))
    }

    @Test func `Line ends alone keep a path open`() {
        for yes in ["", "\r\n", "\r\n\r\n", "\n"] { #expect(isKeepAlive(yes)) }
        for no in ["\r\n ", "INVITE", String(repeating: "\r\n", count: 33)] { #expect(!isKeepAlive(no)) }
        #expect(fault(of: Array("\r\n\r\n".utf8))?.fault == .empty)
        #expect(fault(of: Array("\r\n\r\n".utf8) + Samples.invite) == nil)
    }

    @Test func `Lines may end in LF alone`() throws {
        let bytes = Samples.success.filter { $0 != UInt8(ascii: "\r") }
        #expect(try read(bytes) == read(Samples.success))
    }

    @Test func `A body without a length goes to the end, one with a length no farther`() throws {
        let head = text(Samples.invite).split(separator: "Content-Length: 10\r\n").first.map(String.init) ?? ""
        #expect(text(try readRequest(Array((head + "\r\nabc").utf8)).body) == "abc")
        #expect(text(try readRequest(Array((head + "l: 2\r\n\r\nabc").utf8)).body) == "ab")
        #expect(fault(of: Array((head + "l: 4\r\n\r\nabc").utf8))?.fault == .bodyCut(expected: 4, bytes: 3))
        #expect(fault(of: Array((head + "l: 2147483648\r\n\r\nabc").utf8))?.fault == .malformed(.contentLength))
    }
}
