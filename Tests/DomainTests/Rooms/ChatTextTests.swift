import Domain
import Testing

@Suite("Messages to a room")
struct ChatTextTests {
    @Test("White space around it goes, lines within stay", arguments: [("  hi\n", "hi"), ("one\n\ttwo", "one\n\ttwo"), ("<b>x</b>", "<b>x</b>")])
    func text(given: String, kept: String) { #expect(ChatText(given)?.text == kept) }

    @Test(
        "Empty, too long, controls and turned reading orders are refused",
        arguments: ["", " \n ", "a\u{0}b", "a\u{1B}[2J", "\u{202E}abc", "a\u{2066}b"])
    func refused(given: String) { #expect(ChatText(given) == nil) }

    @Test("2,000 characters are one message, one more is none, and a hostile cluster has an end")
    func length() {
        #expect(ChatText(String(repeating: "é", count: 2_000)) != nil)
        #expect(ChatText(String(repeating: "é", count: 2_001)) == nil)
        #expect(ChatText("e" + String(repeating: "\u{301}", count: 20_000)) == nil)
    }
}
