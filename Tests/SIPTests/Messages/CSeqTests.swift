import SIP
import Testing

@Suite struct CSeqTests {
    @Test(arguments: ["4711 INVITE", "0  invite-like", "2147483647 ACK", " 009\tOPTIONS "])
    func `A number and a method are read`(text: String) throws {
        let cseq = try #require(CSeq(text))
        #expect(CSeq(cseq.text) == cseq)
    }

    @Test(arguments: [
        "", "1", "INVITE", "1INVITE", "2147483648 INVITE", "36893488147419103232 REGISTER", "-1 INVITE", "1 IN VITE", "1 <>", "１ INVITE",
    ])
    func `Anything else is not`(text: String) {
        #expect(CSeq(text) == nil)
    }
}
