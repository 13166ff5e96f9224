import Media
import Testing
import VirtualNetwork

@Suite("Numbers that close up around what was removed")
struct SequenceMapTests {
    /// A packet that arrives: forwarded, or removed on purpose.
    enum Step: Sendable { case forward(Int64, Int64?), remove(Int64) }

    private func expect(_ steps: [Step], offset: Int64 = 0, sourceLocation: SourceLocation = #_sourceLocation) {
        var map = SequenceMap(offset: offset)
        for (index, step) in steps.enumerated() {
            switch step {
            case .forward(let source, let sent):
                let mapped = map.map(source)
                #expect(mapped == sent, "step \(index)", sourceLocation: sourceLocation)
            case .remove(let source): map.remove(source)
            }
        }
    }

    @Test("What is lost stays a gap")
    func loss() { expect([.forward(1, 101), .forward(2, 102), .forward(5, 105), .forward(4, 104)], offset: 100) }

    @Test("What is removed closes up, once and in a row")
    func removal() {
        expect([.forward(1, 1), .remove(2), .forward(3, 2), .remove(4), .remove(5), .remove(6), .forward(7, 3), .forward(9, 5)])
        expect([.forward(1, 1), .remove(2), .remove(2), .remove(2), .forward(3, 2)])
    }

    @Test("A late packet from before a removal has the number of its place, one that was removed has none")
    func reordering() {
        expect([.forward(1, 1), .remove(3), .forward(4, 3), .forward(2, 2), .forward(3, nil), .forward(5, 4)])
        expect([.forward(1, 1), .remove(4), .remove(3), .forward(2, 2), .forward(5, 3)])
        expect([.forward(1, 1), .remove(5), .remove(2), .forward(6, 4), .forward(4, 3), .forward(3, 2)])
    }

    @Test("A removal that comes after its followers were sent leaves a hole instead of using a number twice")
    func lateRemoval() { expect([.forward(1, 1), .forward(3, 3), .remove(2), .forward(4, 4), .remove(5), .forward(6, 5)]) }

    @Test("A packet from before everything remembered is dropped instead of using a number twice")
    func forgotten() {
        expect([.forward(1, 1), .forward(2, 2)] + (4...60).map { .remove($0) } + [.forward(3, nil), .forward(61, 4), .forward(62, 5)])
    }

    @Test("Over any course no number is used twice, order is kept, and nothing but loss leaves a hole", arguments: 1...20 as ClosedRange<UInt64>)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var map = SequenceMap(offset: Int64.random(in: -70_000...70_000, using: &random))
        // A stream in which some are removed, shuffled within a window of 8.
        var numbers = Array(0..<5_000 as Range<Int64>)
        for index in numbers.indices.dropLast(8) where Int.random(in: 0..<5, using: &random) == 0 {
            numbers.swapAt(index, index + Int.random(in: 1...7, using: &random))
        }
        let removed = Set(numbers.filter { _ in Int.random(in: 0..<4, using: &random) == 0 })
        var sent: [Int64: Int64] = [:]
        for number in numbers {
            if removed.contains(number) {
                map.remove(number)
            } else if let mapped = map.map(number) {
                sent[number] = mapped
            }
        }
        let ordered = sent.sorted { $0.key < $1.key }
        #expect(zip(ordered, ordered.dropFirst()).allSatisfy { $0.value < $1.value })
        #expect(sent.count >= numbers.count - removed.count - 50)
        // At most late removals leave holes.
        let holes = ordered.last!.value - ordered.first!.value + 1 - Int64(ordered.count)
        #expect(holes >= 0 && holes < 700, "\(holes)")
    }
}
