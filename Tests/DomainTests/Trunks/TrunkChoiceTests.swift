import Domain
import Testing

@Suite("Which trunk carries a call")
struct TrunkChoiceTests {
    private static let number = "+4915157610183"
    private static let ids = (0..<4).map { TrunkID("tr_00000000000\($0)")! }

    private func choose(
        _ candidates: [TrunkChoice.Candidate], pinned: TrunkID? = nil, turn: UInt64 = 0
    ) -> Result<[TrunkID], Problem> {
        Result { () throws(Problem) in try TrunkChoice.trunks(for: Self.number, pinned: pinned, among: candidates, turn: turn) }
    }

    private func code(_ candidates: [TrunkChoice.Candidate], pinned: TrunkID? = nil) -> ProblemCode? {
        if case .failure(let problem) = choose(candidates, pinned: pinned) { problem.code } else { nil }
    }

    @Test("The lowest priority value is first, and what cannot carry the number or is switched off is left out")
    func order() throws {
        let candidates = [
            TrunkChoice.Candidate(id: Self.ids[0], priority: 20),
            TrunkChoice.Candidate(id: Self.ids[1], priority: 5, prefixes: [NumberPrefix("+33")!, NumberPrefix("+491")!]),
            TrunkChoice.Candidate(id: Self.ids[2], priority: 1, prefixes: [NumberPrefix("+1")!]),
            TrunkChoice.Candidate(id: Self.ids[3], isEnabled: false, priority: 0),
        ]
        #expect(try choose(candidates).get() == [Self.ids[1], Self.ids[0]])
        #expect(try choose(candidates.reversed()).get() == [Self.ids[1], Self.ids[0]])
    }

    @Test("Equals take turns, and the others keep their places")
    func turns() throws {
        let candidates = [
            TrunkChoice.Candidate(id: Self.ids[3], priority: 10), TrunkChoice.Candidate(id: Self.ids[0], priority: 1),
            TrunkChoice.Candidate(id: Self.ids[1], priority: 1), TrunkChoice.Candidate(id: Self.ids[2], priority: 1),
        ]
        let orders = try (0..<6 as Range<UInt64>).map { try choose(candidates, turn: $0).get() }
        #expect(orders[0] == [Self.ids[0], Self.ids[1], Self.ids[2], Self.ids[3]])
        #expect(orders[1] == [Self.ids[1], Self.ids[2], Self.ids[0], Self.ids[3]])
        #expect(orders[2] == [Self.ids[2], Self.ids[0], Self.ids[1], Self.ids[3]])
        #expect(Array(orders[3...]) == Array(orders[..<3]))
        #expect(try choose(candidates, turn: .max).get().count == 4)
    }

    @Test("A pinned trunk is that one or none, and the refusal says why")
    func pinned() throws {
        let other = TrunkChoice.Candidate(id: Self.ids[0], priority: 1)
        let pinned = Self.ids[1]
        #expect(try choose([other, TrunkChoice.Candidate(id: pinned, priority: 99)], pinned: pinned).get() == [pinned])
        #expect(code([other], pinned: pinned) == .unknownTrunk)
        #expect(code([other, TrunkChoice.Candidate(id: pinned, isEnabled: false)], pinned: pinned) == .trunkDisabled)
        #expect(code([other, TrunkChoice.Candidate(id: pinned, prefixes: [NumberPrefix("+1")!])], pinned: pinned) == .trunkCannotCarry)
    }

    @Test("Without a trunk that can carry it a call is refused, and its number is not given away")
    func none() {
        #expect(code([]) == .noTrunk)
        let refused = choose([TrunkChoice.Candidate(id: Self.ids[0], prefixes: [NumberPrefix("+1")!]), .init(id: Self.ids[1], isEnabled: false)])
        #expect(refused == .failure(Problem(.noTrunk, "No trunk is set up that could call +4915•••••183.")))
    }

    @Test("However many there are, a call tries eight at most")
    func many() throws {
        let candidates = (0..<100).map { TrunkChoice.Candidate(id: TrunkID("tr_" + String(repeating: "0", count: 9) + String(100 + $0))!) }
        #expect(try choose(candidates, turn: 99).get().count == 8)
    }

    @Test func `a trunk that is down comes after all others, but is not left out`() throws {
        let candidates = [
            TrunkChoice.Candidate(id: Self.ids[0], priority: 1, isDown: true), TrunkChoice.Candidate(id: Self.ids[1], priority: 9),
            TrunkChoice.Candidate(id: Self.ids[2], priority: 2, isDown: true), TrunkChoice.Candidate(id: Self.ids[3], priority: 5),
        ]
        #expect(try choose(candidates).get() == [Self.ids[3], Self.ids[1], Self.ids[0], Self.ids[2]])
        #expect(try choose(candidates, pinned: Self.ids[0]).get() == [Self.ids[0]])
    }
}
