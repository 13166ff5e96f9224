import SIP
import Testing

@Suite struct HeaderTests {
    @Test func `Names have no case, and compact forms are the names`() throws {
        #expect(HeaderName("k") == .supported)
        #expect(HeaderName("CALL-id") == .callID)
        #expect(try #require(HeaderName("l")).text == "Content-Length")
        #expect(HeaderName("X-ray") == HeaderName("x-RAY"))
        #expect(try #require(HeaderName("X-Ray")).text == "X-Ray")
        for wrong in ["", "a b", "a:", "é", "a\r", String(repeating: "a", count: 257)] { #expect(HeaderName(wrong) == nil) }
    }

    @Test func `A line takes the place of those of its name`() throws {
        var headers = HeaderFields()
        headers.append(.supported, "a")
        headers.append(.expires, "1")
        headers.append(.supported, "b, c,, d e")
        #expect(headers.tokens(.supported) == ["a", "b", "c"])
        headers[.supported] = "x"
        #expect(headers.all.map(\.value) == ["x", "1"])
        headers[.supported] = nil
        #expect(headers.all.map(\.value) == ["1"])
    }

    @Test(arguments: ["60", " 60 ;duration=3", "60 (wait)", "60;x"])
    func `A number may have something behind it`(value: String) {
        #expect(HeaderFields([HeaderField(.retryAfter, value)]).number(.retryAfter) == 60)
    }

    @Test(arguments: ["", "x", "-1", "60x", "4294967296", "6 0"])
    func `What is no number is none`(value: String) {
        #expect(HeaderFields([HeaderField(.retryAfter, value)]).number(.retryAfter) == nil)
    }

    @Test func `The causes of Reason are read`() throws {
        var headers = HeaderFields()
        headers.append(.reason, #"SIP ;cause=200 ;text="Call completed, elsewhere""#)
        headers.append(.reason, #"broken;;, q.850;cause="16;"#)
        #expect(headers.q850Cause == nil)
        headers.append(.reason, #"preemption, Q.850;cause=17;text="User busy""#)
        #expect(headers.sipCause == 200)
        #expect(headers.q850Cause == 17)
        #expect(headers.reasons.map(\.protocolName) == ["SIP", "preemption", "Q.850"])
        #expect(headers.reasons.first?.text == "Call completed, elsewhere")
        #expect(HeaderFields([HeaderField(.reason, "Q.850;cause=1000")]).q850Cause == nil)
        #expect(ReasonHeader("SIP", cause: 487, text: "a\"b\r\n").value == #"SIP;cause=487;text="a\"b""#)
    }

    @Test func `Methods have case`() throws {
        #expect(SIPMethod("INVITE") == .invite)
        #expect(SIPMethod("invite") == .other("invite"))
        for wrong in ["", "IN VITE", "IN\r\nVITE", "<>", String(repeating: "A", count: 65)] { #expect(SIPMethod(wrong) == nil) }
    }

    @Test func `Each status has a phrase`() {
        #expect(Status.reasonPhrase(486) == "Busy Here")
        for status in 0...UInt16.max { #expect(!Status.reasonPhrase(status).isEmpty) }
    }
}
