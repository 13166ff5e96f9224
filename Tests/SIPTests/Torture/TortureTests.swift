import SIP
import Testing

/// The cases of RFC 4475, in messages of our own.
@Suite struct TortureTests {
    @Test(arguments: TortureCase.valid + TortureCase.invalid + TortureCase.layers)
    func `Each case has its verdict`(sample: TortureCase) throws {
        switch sample.verdict {
        case .request:
            let request = try readRequest(sample.message)
            let again = try readRequest(written(.request(request)))
            // NUL does not reach the wire again.
            if sample.section != "3.1.1.2 intmeth" { #expect(again == request) }
        case .response:
            let response = try readResponse(sample.message)
            #expect(try readResponse(written(.response(response))) == response)
        case .answered(let status):
            let error = try #require(fault(of: sample.message))
            #expect(try #require(error.rejection, "\(error)").status == status)
        case .silence:
            let error = try #require(fault(of: sample.message))
            #expect(error.rejection == nil)
        }
    }

    private static func request(_ name: String) throws -> SIPRequest {
        let sample = (TortureCase.valid + TortureCase.layers).first { $0.section.hasSuffix(name) }
        return try readRequest(try #require(sample).message)
    }

    @Test func `Folded lines say what they said unfolded`() throws {
        let request = try Self.request("wsinv")
        #expect(
            request.vias.map(\.text) == [
                "SIP/2.0/UDP 192.0.2.44;branch=oldstyle", "SIP/2.0/TCP hop.example.net;branch=z9hG4bK9k8", "SIP/2.0/UDP 10.0.255.1;branch=z9hG4bK44",
            ])
        #expect(request.from.displayName == #"K. Holder \""# && request.from.tag == "65kd" && request.to.tag == "77a81")
        #expect(request.cseq == CSeq(12, .invite) && request.maxForwards == 51)
        #expect(request.contacts.first?.parameters.all == [Parameter("new", "value"), Parameter("flag"), Parameter("q", "0.33")])
        #expect(request.headers[.subject] == "")
        #expect(request.headers[try #require(HeaderName("unheard-of"))] == "one more line\tof it")
        #expect(text(request.body) == "v=0")
    }

    @Test func `Unusual characters stay what they are`() throws {
        let request = try Self.request("intmeth")
        #expect(request.method == .other("M3th.od!*+`%'~_-"))
        #expect(request.to.displayName == "BEL:\u{7} NUL:\0 DEL:\u{7F}")
        #expect(request.uri.sip?.escapedUser == "all~of(it)-!.*'&=+$,;?/" && request.uri.sip?.escapedPassword == "a&b=c+$,~(x)")
        #expect(request.from.displayName == "tok-1~` tok'2+_ tok*3%!.-")
        let again = try readRequest(written(.request(request)))
        #expect(again.to.displayName == "BEL:\u{7} NUL: DEL:\u{7F}")
    }

    @Test func `Escapes are undone where they are escapes`() throws {
        let escaped = try Self.request("esc01")
        #expect(escaped.uri.user == "sips:user@example.org")
        #expect(escaped.to.uri.user == "user")
        #expect(try Self.request("escnull").contacts.map(\.uri.user) == ["\0", "\0\0"])
        let plain = try Self.request("esc02")
        #expect(plain.method == .other("OPT%49ON%53") && plain.to.displayName == "%Z%45" && plain.contacts.count == 2)
        #expect(try Self.request("semiuri").uri.user == "user;par=u@example.net")
    }

    @Test func `What belongs to the layers above is told to them`() throws {
        #expect(try Self.request("dblreq").body.isEmpty)
        #expect(try Self.request("badbranch").via?.hasMagicCookie == false)
        #expect(try Self.request("unkscm").uri == .other(scheme: "nobodyknowsthisscheme", "totallyopaquecontent"))
        #expect(try Self.request("bext01").headers.tokens(.require) == ["nothingSupportsThis", "nothingSupportsThisEither"])
        #expect(try Self.request("zeromf").maxForwards == 0)
        #expect(try Self.request("cparam01").contacts.first?.parameters.contains("unknownparam") == true)
        #expect(try Self.request("cparam02").contacts.first?.uri.sip?.parameters.contains("unknownparam") == true)
        #expect(try Self.request("inv2543").maxForwards == nil)
        #expect(try Self.request("transports").vias.map(\.transport) == [.udp, .other("SCTP"), .tls, .other("UNHEARDOF"), .tcp])
    }
}
