import Domain
import Testing

@Suite("What is keyed into a call")
struct DTMFDigitsTests {
    @Test("Digits, signs, letters and pauses are read in their order")
    func steps() throws {
        let digits = try #require(DTMFDigits("09*#AdW"))
        #expect(digits.text == "09*#ADw")
        #expect(digits.steps == [.event(0), .event(9), .event(10), .event(11), .event(12), .event(15), .pause])
    }

    @Test("What no telephone has a key for is refused", arguments: ["", "1 2", "E", "٣", "1\n", "+49", String(repeating: "1", count: 33)])
    func refused(_ text: String) {
        #expect(DTMFDigits(text) == nil)
    }
}
