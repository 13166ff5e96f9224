import Domain
import Testing

struct TrunkCheckTests {
    @Test func `every obstacle says what to do about it`() {
        let sentences = TrunkObstacle.allCases.map { TrunkCheck(at: 0, obstacle: $0).sentence }
        #expect(Set(sentences).count == TrunkObstacle.allCases.count)
        #expect(sentences.allSatisfy { $0.hasSuffix(".") && $0.count > 20 })
    }

    @Test(arguments: [(200, "It answered 200."), (401, "password"), (407, "password"), (404, "it is there"), (403, "it is there")])
    func `an answer is told for what it is worth`(status: Int, part: String) {
        #expect(TrunkCheck(at: 0, status: status).sentence.contains(part))
    }
}
