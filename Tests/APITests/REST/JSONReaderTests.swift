import API
import Testing

@Suite("JSON from outside")
struct JSONReaderTests {
    private func read(_ text: String) -> Result<JSONValue, JSONFault> { Result { () throws(JSONFault) in try JSONReader.value(Array(text.utf8)) } }

    @Test(
        "Values are read as they are written",
        arguments: [
            ("null", JSONValue.null), (" true ", .flag(true)), ("0", .integer(0)), ("-0", .integer(0)), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("1.0", .integer(1)), ("1e2", .integer(100)), ("1.5", .number(1.5)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("\"\"", .text("")),
            (#""\"\\\/\b\f\n\r\t""#, .text("\"\\/\u{8}\u{c}\n\r\t")),
            (#""\u00e4\ud83d\ude00ü""#, .text("ä😀ü")), ("[]", .list([])), ("[1,[2]]", .list([.integer(1), .list([.integer(2)])])),
            ("{}", .object([:])), (#"{"a":{"b":[]},"c":null}"#, .object(["a": .object(["b": .list([])]), "c": .null])),
        ])
    func values(text: String, value: JSONValue) { #expect(read(text) == .success(value)) }

    @Test(
        "What is no JSON, or could be read in two ways, is refused where it begins to be",
        arguments: [
            ("", 0, "it ends too early"), ("{", 1, "it ends too early"), ("tru", 0, "no value begins here"), ("1 2", 2, "something follows its end"),
            (#"{"a":1,"a":2}"#, 7, "a member is there twice"), (#"{"a":1,"\u0061":2}"#, 7, "a member is there twice"),
            (#""\ud800""#, 1, "a text holds half of a surrogate pair"), (#""\udc00\ud800""#, 1, "a text holds half of a surrogate pair"),
            (#""\ud800\u0041""#, 1, "a text holds half of a surrogate pair"), (#""a\u0000""#, 2, "a text holds U+0000"),
            ("\"a\u{1}\"", 2, "a text holds a control character that is not escaped"), (#""\x""#, 1, "an escape in a text is none"),
            (#""\u12g4""#, 1, "an escape in a text is none"), ("01", 0, "a number begins with 0"), ("-", 1, "a digit is missing"),
            ("1.", 2, "a digit is missing"),
            ("1e", 2, "a digit is missing"), ("+1", 0, "no value begins here"), ("NaN", 0, "no value begins here"),
            ("[1,]", 3, "no value begins here"),
            (#"{"a":1,}"#, 7, "a member's name in quotes is missing"), ("{a:1}", 1, "a member's name in quotes is missing"),
            ("\"abc", 0, "a text does not end"),
            ("\u{feff}{}", 0, "no value begins here"), ("// x\n{}", 0, "no value begins here"),
        ])
    func faults(text: String, offset: Int, reason: String) { #expect(read(text) == .failure(JSONFault(offset: offset, reason: reason))) }

    @Test("Twelve levels are read, thirteen are not, and a million end at the thirteenth")
    func depth() {
        #expect((try? read(String(repeating: "[", count: 12) + String(repeating: "]", count: 12)).get()) != nil)
        for levels in [13, 1_000_000] {
            #expect(read(String(repeating: "[", count: levels)) == .failure(JSONFault(offset: 12, reason: "it nests deeper than 12 levels")))
        }
    }

    @Test("Bytes that are no UTF-8 are refused, and no cut and no byte of a text traps")
    func bytes() {
        #expect((try? JSONReader.value([0x22, 0xFF, 0x22])) == nil)
        #expect((try? JSONReader.value([0x22, 0xC0, 0x80, 0x22])) == nil)
        let whole = Array(#"{"a":[1,-2.5e3,"\ud83d\ude00"],"b":{"c":true}}"#.utf8)
        for cut in 0..<whole.count { #expect((try? JSONReader.value(Array(whole[..<cut]))) == nil) }
        for index in whole.indices {
            for byte: UInt8 in [0, 0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x5D, 0x2C, 0x3A, 0x80, 0xFF] {
                var changed = whole
                changed[index] = byte
                _ = try? JSONReader.value(changed)
            }
        }
    }

    @Test("The place of each member is known")
    func positions() throws {
        let read = try JSONReader.valueWithPositions(Array(#"{ "a": {"b/c": [1, 22]}}"#.utf8))
        #expect(read.positions == ["/a": 7, "/a/b~1c": 15, "/a/b~1c/0": 16, "/a/b~1c/1": 19])
    }
}
