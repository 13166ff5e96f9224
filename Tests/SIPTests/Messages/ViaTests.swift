import SIP
import Testing

@Suite struct ViaTests {
    @Test func `White space is allowed around the marks`() throws {
        let via = try #require(Via("sip / 2.0 / udp first.example : 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1"))
        #expect(via == Via("SIP/2.0/UDP first.example:4000;ttl=16;maddr=224.2.0.1;branch=z9hG4bKa7c6a8dlze.1"))
        #expect(via.text == "SIP/2.0/UDP first.example:4000;ttl=16;maddr=224.2.0.1;branch=z9hG4bKa7c6a8dlze.1")
        #expect(via.hasMagicCookie && via.port == 4000)
    }

    @Test(arguments: [
        "", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/1.0/UDP h", "HTTP/2.0/UDP h", "SIP/2.0UDP h", "SIP/2.0/UDP h:", "SIP/2.0/UDP h:99999",
        "SIP/2.0/UDP h h",
        "SIP/2.0/UDP h;;branch=1", "SIP/2.0/UDP h;branch=", "SIP/2.0/UDP [::1", "SIP/2.0/UDP a@h", "SIP/2.0/UDPh", "SIP/2.0/ h",
        "SIP/2.0/UDP h, SIP/2.0/UDP g",
        "SIP/2.0/UDP h;branch=1;branch=2",
    ])
    func `What is no Via is not read`(text: String) {
        #expect(Via(text) == nil)
    }

    @Test(arguments: ["z9hG4bK": false, "z9hG4bKx": true, "Z9HG4BKx": true, "1": false])
    func `The cookie alone is no branch`(branch: String, isOne: Bool) {
        #expect(Via(.udp, host: .name("h"), port: nil, branch: branch).hasMagicCookie == isOne)
    }

    @Test func `An answer goes back to where the request came from`() throws {
        let source = try #require(SIPAddress("203.0.113.9:61000"))
        // RFC 3581 section 4: asked for, or not.
        var via = try #require(Via("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff"))
        via.note(source: source)
        #expect(via.text == "SIP/2.0/UDP 10.1.1.1:4540;rport=61000;branch=z9hG4bKkjshdyff;received=203.0.113.9")
        #expect(via.responseAddress == source)
        // RFC 3261 section 18.2.2: without, to the port that is written.
        var plain = try #require(Via("SIP/2.0/UDP host.example:4540;branch=z9hG4bKk;received=9.9.9.9"))
        #expect(plain.responseAddress?.text == "9.9.9.9:4540")
        plain.note(source: source)
        #expect(plain.responseAddress?.text == "203.0.113.9:4540")
        var honest = try #require(Via("SIP/2.0/UDP 203.0.113.9;received=8.8.8.8"))
        honest.note(source: source)
        #expect(honest.text == "SIP/2.0/UDP 203.0.113.9")
        #expect(honest.responseAddress?.text == "203.0.113.9:5060")
    }

    @Test func `A client cannot say itself what was seen`() throws {
        var via = try #require(Via("SIP/2.0/UDP 10.1.1.1;rport=7;received=10.9.9.9;maddr=224.0.0.1"))
        via.note(source: try #require(SIPAddress("[2001:db8::5]:5062")))
        #expect(via.responseAddress?.text == "[2001:db8::5]:5062")
        #expect(via.parameters["received"] == "2001:db8::5")
        #expect(try #require(Via("SIP/2.0/UDP h;received=[::1];rport=0")).received?.text == "::1")
        #expect(try #require(Via("SIP/2.0/UDP h;rport=70000")).rport == nil)
    }
}
