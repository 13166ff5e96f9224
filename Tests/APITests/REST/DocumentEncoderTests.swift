import API
import Foundation
import Testing

@Suite("JSON to outside")
struct DocumentEncoderTests {
    private func text(_ value: some Encodable) throws -> String { String(decoding: try DocumentEncoder.encode(value), as: UTF8.self) }

    private struct Inner: Encodable {
        var lossPercent: Double
        var q850Cause: Int?
    }

    private enum Word: String, Encodable { case inUse = "in_use" }

    private struct Document: Encodable {
        var id = "ca_1"
        var callerId: String?
        var isLive = true
        var word = Word.inUse
        var parts = [Inner(lossPercent: 0.5, q850Cause: 16), Inner(lossPercent: 100)]
        var none: [String] = []
        var outcomes = ["noAnswer": 2, "busy": -1]
        var inner = Inner(lossPercent: 0)
        var maxUses = Int64.max
    }

    private struct Nothing: Encodable {}

    /// Says null where others leave out, and nests by hand.
    private struct Page: Encodable {
        enum CodingKeys: String, CodingKey { case data, next, endAt }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            var list = container.nestedUnkeyedContainer(forKey: .data)
            try list.encode(Nothing())
            try list.encodeNil()
            var nested = list.nestedContainer(keyedBy: CodingKeys.self)
            try nested.encode("x", forKey: .endAt)
            try container.encode(String?.none, forKey: .next)
            var again = encoder.container(keyedBy: CodingKeys.self)
            try again.encode(true, forKey: .endAt)
        }
    }

    @Test("Members come as they are declared, in snake case, absent ones not at all; a dictionary's keys stay as they are")
    func document() throws {
        #expect(
            try text(Document())
                == #"{"id":"ca_1","is_live":true,"word":"in_use","parts":[{"loss_percent":0.5,"q850_cause":16},{"loss_percent":100}],"#
                + #""none":[],"outcomes":{"busy":-1,"noAnswer":2},"inner":{"loss_percent":0},"max_uses":9223372036854775807}"#)
    }

    @Test("What is nested by hand is closed where the next thing begins")
    func nested() throws {
        #expect(try text(Page()) == #"{"data":[{},null,{"end_at":"x"}],"next":null,"end_at":true}"#)
    }

    @Test("Values alone", arguments: [0, 7, 10, -3, .max, .min] as [Int])
    func integers(number: Int) throws { #expect(try text(number) == String(number)) }

    @Test(
        "Every text is read again as it was",
        arguments: ["", "\u{0}\u{1}\u{1f}\"\\/\n\r\t\u{7f}", "ü☎️\u{10FFFF}\u{2028}", String(repeating: "\\", count: 999)])
    func texts(text: String) throws {
        let json = try DocumentEncoder.encode([text])
        #expect(try JSONDecoder().decode([String].self, from: Data(json)) == [text])
    }

    @Test("Every finite number is read again as it was", arguments: [0.1, -0.0, 1e300, .leastNonzeroMagnitude, 123_456_789.25, 1e15, 1e16, -42])
    func numbers(number: Double) throws {
        let json = try DocumentEncoder.encode([number])
        #expect(try JSONDecoder().decode([Double].self, from: Data(json)) == [number])
    }

    @Test("A number that JSON has no form for is an error, not a guess", arguments: [Double.nan, .infinity, -.infinity])
    func noForm(number: Double) { #expect(throws: EncodingError.self) { try DocumentEncoder.encode(["number": number]) } }

    @Test("A document of every kind is what Foundation reads as the same")
    func sameAsFoundation() throws {
        let foundation = JSONEncoder()
        foundation.keyEncodingStrategy = .convertToSnakeCase
        let ours = try JSONSerialization.jsonObject(with: Data(DocumentEncoder.encode(Document()))) as? NSDictionary
        let theirs = try JSONSerialization.jsonObject(with: foundation.encode(Document())) as? NSDictionary
        #expect(ours != nil && ours == theirs)
    }
}
