import SIP
import Testing

@Suite struct URITests {
    @Test(arguments: [
        "sip:example.org", "sip:610@example.org", "sips:+4930123@example.org:5061;transport=tls;lr", "sip:[2001:db8::1]:5070",
        "sip:a%20b:pass%3a@192.0.2.1?Subject=x%20y&Priority=", "sip:+49;phone-context=x?,/&=$@example.org;user=phone", "sip:*21%23@pbx_1.local",
        "tel:+49-30-123;ext=1", "urn:service:sos", "sip:a@host.example.;x=[1]/:&+$",
    ])
    func `What is read is written as it was`(text: String) throws {
        #expect(try #require(AddressURI(text)).text == text)
    }

    @Test(arguments: [
        "", "sip:", "sip", ":x", "sip:@example.org", "sip:a@", "sip:a@b@c", "sip:a b@c", "sip:a@b c", "sip:a@b:", "sip:a@b:0", "sip:a@b:65536",
        "sip:a@b:5060x", "sip:a@b;", "sip:a@b;=x", "sip:a@b;x=", "sip:a@b;x;X=1", "sip:a%2@b", "sip:a%zz@b", "sip:a@b?", "sip:a@b?x", "sip:a@b?=x",
        "sip:[::1", "sip:::1", "sip:[1.2.3.4]", "sip:1.2.3", "sip:1.2.3.256", "sip:01.2.3.4", "sip:a..b", "sip:<a@b>", "sip:a@b>", "sip:é@b",
        "sip:a@é",
        "1sip:a@b", "sip:a@b\r\nVia: x", "tel:", "http:a b", "sip:\"a\"@b",
    ])
    func `What is no URI is not read`(text: String) {
        #expect(AddressURI(text) == nil)
    }

    @Test func `The parts are told apart`() throws {
        let uri = try #require(SIPURI("SIPS:J%c3%b6rg;x=1:secret@Example.ORG:5061;Transport=TCP;lr?a=b"))
        #expect(uri.isSecure && uri.isLooseRouter)
        #expect(uri.user == "Jörg;x=1")
        #expect(uri.escapedPassword == "secret")
        #expect(uri.host == .name("example.org") && uri.port == 5061)
        #expect(uri.transport == .tcp)
        #expect(uri.headers == [Parameter("a", "b")])
        #expect(try #require(AddressURI("tel:+49301;ext=2")).user == "+49301")
    }

    @Test func `A user in plain text is escaped`() throws {
        let uri = SIPURI(user: "#31#\"<a@b>\r\n:ü", host: .name("h"))
        #expect(uri.text == "sip:%2331%23%22%3Ca%40b%3E%0D%0A%3A%C3%BC@h")
        #expect(try #require(SIPURI(uri.text)).user == "#31#\"<a@b>\r\n:ü")
        #expect(SIPURI(user: "", host: .name("h")).text == "sip:h")
    }

    // RFC 3261 section 19.1.4 gives pairs of this kind for both.
    @Test(arguments: [
        ("sip:%61lice@atlanta.example;transport=TCP", "sip:alice@AtLanTa.example;Transport=tcp"),
        ("sip:carol@chicago.example", "sip:carol@chicago.example;newparam=5"),
        ("sip:carol@chicago.example;security=on", "sip:carol@chicago.example;newparam=5"),
        ("sip:b.example;transport=tcp;method=REGISTER?to=sip:b%40c&x=1", "sip:b.example;method=register;transport=TCP?X=1&To=sip:b%40c"),
        ("sip:a%2fb@h", "sip:a%2Fb@h"),
    ])
    func `Equal URIs are equal in both directions`(left: String, right: String) throws {
        let (left, right) = (try #require(SIPURI(left)), try #require(SIPURI(right)))
        #expect(left == right)
        #expect(right == left)
    }

    @Test(arguments: [
        ("sip:ALICE@h", "sip:alice@h"), ("sip:bob@b.example", "sip:bob@b.example:5060"), ("sip:bob@b.example", "sip:bob@b.example;transport=udp"),
        ("sip:b@h;security=on", "sip:b@h;security=off"), ("sip:b@h?x=1", "sip:b@h"), ("sip:b@h?x=1&x=1", "sip:b@h?x=1&y=1"), ("sip:h", "sips:h"),
        ("sip:a%2Fb@h", "sip:a/b@h"), ("sip:a:p@h", "sip:a:P@h"), ("sip:a@h", "sip:h"), ("sip:b@h;user=phone", "sip:b@h"), ("sip:h;lr", "sip:h;lr=x"),
    ])
    func `Different URIs are different in both directions`(left: String, right: String) throws {
        let (left, right) = (try #require(SIPURI(left)), try #require(SIPURI(right)))
        #expect(left != right)
        #expect(right != left)
    }

    @Test func `A URI that is too long is not read`() {
        #expect(AddressURI("sip:" + String(repeating: "a", count: 2039) + "@b.cd") != nil)
        #expect(AddressURI("sip:" + String(repeating: "a", count: 2040) + "@b.cd") == nil)
        #expect(AddressURI("sip:h" + (0..<64).map { ";p\($0)" }.joined()) != nil)
        #expect(AddressURI("sip:h" + (0..<65).map { ";p\($0)" }.joined()) == nil)
    }
}
