import Domain
import Testing

@Suite("Form encoding")
struct FormURLEncodingTests {
    @Test("Every byte of ASCII is written as RFC 3986 says and read back")
    func ascii() throws {
        for byte in UInt8(0)...127 {
            let text = String(UnicodeScalar(byte))
            let encoded = FormURLEncoding.encode(text)
            #expect(encoded == (byte.isUnreserved ? text : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)))
            #expect(try FormURLEncoding.decode(encoded.utf8) == text)
        }
    }

    @Test("Hex digits may be of either case")
    func eitherCase() throws {
        #expect(try FormURLEncoding.decode("%2b%2B%c3%A9".utf8) == "++é")
    }

    @Test("A broken escape is no text", arguments: ["%", "%2", "%g0", "%0g", "%%20", "a%"])
    func brokenEscape(text: String) {
        #expect(throws: FormURLEncoding.Fault.invalidEscape) { try FormURLEncoding.decode(text.utf8) }
    }

    @Test("Bytes that are not UTF-8 are no text", arguments: ["%FF", "%C0%80", "%E2%82", "%F4%90%80%80", "%ED%BF%BF"])
    func notUTF8(text: String) {
        #expect(throws: FormURLEncoding.Fault.invalidUTF8) { try FormURLEncoding.decode(text.utf8) }
    }
}
