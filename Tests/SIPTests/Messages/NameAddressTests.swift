import SIP
import Testing

@Suite struct NameAddressTests {
    @Test(arguments: [
        (#""A. G. \"Bell\"" <sip:agb@bell.example>;tag=a48s"#, #"A. G. "Bell""#, "sip:agb@bell.example", "a48s"),
        ("sip:c8oqz84zk7z@privacy.example;tag=hyh8", nil, "sip:c8oqz84zk7z@privacy.example", "hyh8"),
        ("Anonymous  User <sip:c8@privacy.example> ; tag = x", "Anonymous  User", "sip:c8@privacy.example", "x"),
        ("caller<sip:caller@h;tag=uri>;tag=1", "caller", "sip:caller@h;tag=uri", "1"),
        ("<sip:a,b@h?x=%2C>", nil, "sip:a,b@h?x=%2C", nil),
        ("Jürgen <sip:j@h>;TAG=Q", "Jürgen", "sip:j@h", "Q"),
        (#""" <tel:+491>"#, "", "tel:+491", nil),
        (#""a <b>, c" <sip:h>;p="q;,>";tag=1"#, "a <b>, c", "sip:h", "1"),
    ])
    func `Both forms are read`(text: String, name: String?, uri: String, tag: String?) throws {
        let address = try #require(NameAddress(text))
        #expect(address.displayName == name)
        #expect(address.uri.text == uri)
        #expect(address.tag == tag)
        #expect(NameAddress(address.text) == address)
    }

    @Test(arguments: [
        "", "<>", "<sip:h", "sip:h>", "<sip:h>>", "<<sip:h>>", "\"x <sip:h>", "\"x\" sip:h", "a, b <sip:h>", "a\"b\" <sip:h>", "< sip:h>", "<sip:h >",
        "sip:a@h?x=y", "sip:a,b@h", "<sip:h>;", "<sip:h>;;tag=1", "<sip:h>;tag=", "<sip:h>;tag=1;tag=2", "<sip:h>;tag=\"x", "<sip:h> x",
        "<sip:h>;a b", "*",
        "\"x\\\" <sip:h>",
    ])
    func `What is neither is not read`(text: String) {
        #expect(NameAddress(text) == nil)
    }

    @Test func `A name cannot end its quotes`() throws {
        let hostile = "x\" <sip:evil@h>\r\nVia: SIP/2.0/UDP h\0\\"
        let text = NameAddress(displayName: hostile, SIPURI(host: .name("h")), tag: "a;b\r\nc").text
        let read = try #require(NameAddress(text))
        #expect(read.displayName == "x\" <sip:evil@h>Via: SIP/2.0/UDP h\\")
        #expect(read.uri.text == "sip:h")
        #expect(read.tag == "a;bc")
    }
}
