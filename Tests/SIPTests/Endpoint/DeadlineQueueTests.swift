import SIP
import Testing
import VirtualNetwork

@Suite struct DeadlineQueueTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `owners come out in the order of their last deadlines`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = DeadlineQueue<Int>()
        var model: [Int: Duration] = [:]
        var now = Duration.zero
        for _ in 0..<2000 {
            let owner = Int.random(in: 0..<40, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                queue.set(nil, for: owner)
                model[owner] = nil
            case 1, 2:
                let deadline = now + .milliseconds(Int.random(in: 0...5000, using: &random))
                queue.set(deadline, for: owner)
                model[owner] = deadline
            default:
                now += .milliseconds(Int.random(in: 0...200, using: &random))
                while let owner = queue.removeDue(now: now) {
                    let deadline = model.removeValue(forKey: owner)
                    #expect(deadline.map { $0 <= now } == true)
                }
                #expect(model.values.allSatisfy { $0 > now })
            }
            #expect(queue.next == model.values.min())
            #expect(queue.count == model.count)
        }
    }

    @Test func `an owner that changes its mind a million times takes no room`() {
        var queue = DeadlineQueue<Int>()
        queue.set(.seconds(1), for: 0)
        for number in 0..<10_000 { queue.set(.seconds(10_000 - number), for: 1) }
        for number in 0..<10_000 { queue.set(.seconds(number + 2), for: 1) }
        #expect(queue.size <= 2 * 2 + 65)
        #expect(queue.next == .seconds(1))
    }
}
