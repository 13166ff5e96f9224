import Domain
import Testing

struct NumberRewritingTests {
    private func rule(_ match: String, _ strip: Int, _ prepend: String) throws -> NumberRewriting.Rule {
        try #require(NumberRewriting.Rule(match: match, strip: strip, prepend: prepend))
    }

    @Test func `the first rule that fits rewrites the number, and no other does`() throws {
        let rewriting = NumberRewriting([try rule("+49", 3, "0"), try rule("+43", 0, "9"), try rule("+", 1, "00")])
        #expect(rewriting.dialled("+4930901820") == "030901820")
        #expect(rewriting.dialled("+43190101") == "9+43190101")
        #expect(rewriting.dialled("+33140000000") == "0033140000000")
    }

    @Test func `a number that no rule fits is dialled as it is`() throws {
        #expect(NumberRewriting().dialled("+4930901820") == "+4930901820")
        #expect(NumberRewriting([try rule("+1", 2, "")]).dialled("+4930901820") == "+4930901820")
    }

    @Test func `a rule that changes nothing is an exception from those after it`() throws {
        let rewriting = NumberRewriting([try rule("+4930", 0, ""), try rule("+49", 3, "0")])
        #expect(rewriting.dialled("+4930901820") == "+4930901820")
        #expect(rewriting.dialled("+4989901820") == "089901820")
    }

    @Test(arguments: [
        ("", 0, ""), ("49", 2, "0"), ("+49x", 1, ""), ("+1234567890123456", 1, ""), ("+49", 4, "0"), ("+49", -1, "0"), ("+49", 3, "0 "),
        ("+49", 3, "a"), ("+49", 3, "12345678901234567"), ("+49", 3, "0;phone-context=x"),
    ])
    func `what is no rule does not exist`(match: String, strip: Int, prepend: String) {
        #expect(NumberRewriting.Rule(match: match, strip: strip, prepend: prepend) == nil)
    }

    @Test func `no rule leaves nothing of a number`() throws {
        let whole = try rule("+4930901820", 11, "")
        #expect(NumberRewriting([whole]).dialled("+4930901820") == "+4930901820")
    }
}
