import Domain
import Store
import Testing

@Suite
struct PageTests {
    @Test("A cursor is read back", arguments: [PageCursor(at: 0, id: "tr_4194b9eab3de"), PageCursor(at: start, id: "x")])
    func roundTrip(cursor: PageCursor) { #expect(PageCursor(cursor.text) == cursor) }

    @Test(
        "What no page has given is no cursor",
        arguments: ["", " ", "x", "1 a", "-1 a", "-9223372036854775808 a", "9223372036854775807 a", "1  a", "1 a b", "1 ", " a", "1 a\u{0}", "x a"])
    func foreign(plain: String) {
        let isOne = plain == "1 a"
        #expect((PageCursor(Base64URL.encode(Array(plain.utf8))) != nil) == isOne)
        #expect(PageCursor(plain) == nil)
        #expect(PageCursor(Base64URL.encode(Array(plain.utf8) + [UInt8](repeating: 65, count: 200))) == nil)
    }
}
