import Testing
import VirtualNetwork

@Suite("The virtual network")
struct VirtualNetworkTests {
    private func run(_ conditions: Conditions, seed: UInt64 = 1, packets: Int = 2000) -> [(id: Int, transit: Duration)] {
        var network = VirtualNetwork<Int>(seed: seed, toRight: conditions)
        var received: [(Int, Duration)] = []
        for id in 0..<packets {
            let time = Duration.milliseconds(20 * id)
            for arrival in network.advance(to: time) {
                received.append((arrival.packet, arrival.time - arrival.sentAt))
            }
            network.send(id, from: .left, at: time)
        }
        for arrival in network.advance(to: .seconds(1000)) {
            received.append((arrival.packet, arrival.time - arrival.sentAt))
        }
        return received
    }

    @Test("A perfect network delivers all at once and in order")
    func perfect() {
        let received = run(.perfect)
        #expect(received.map(\.id) == Array(0..<2000))
        #expect(received.allSatisfy { $0.transit == .zero })
    }

    @Test("The same seed gives the same course, another seed another")
    func seeds() {
        let conditions = Conditions(delay: .milliseconds(50), jitter: .milliseconds(40), loss: 0.05, reorder: 0.02, duplication: 0.01)
        #expect(run(conditions, seed: 7).map(\.transit) == run(conditions, seed: 7).map(\.transit))
        #expect(run(conditions, seed: 7).map(\.transit) != run(conditions, seed: 8).map(\.transit))
    }

    @Test("Jitter stays within its bounds and keeps the order unless it may reorder")
    func jitter() {
        var conditions = Conditions(delay: .milliseconds(50), jitter: .milliseconds(40))
        let received = run(conditions)
        #expect(received.map(\.id) == Array(0..<2000))
        #expect(received.allSatisfy { (Duration.milliseconds(10)...Duration.milliseconds(90)).contains($0.transit) })
        #expect(received.map(\.transit).max()! > .milliseconds(85))
        conditions.jitterReorders = true
        #expect(run(conditions).map(\.id) != Array(0..<2000))
    }

    @Test("Loss, reordering and duplication come at their stated rates")
    func rates() {
        let lost = run(Conditions(loss: 0.05))
        #expect((1860...1940).contains(lost.count))
        let reordered = run(Conditions(delay: .milliseconds(10), reorder: 0.02))
        let overtaken = zip(reordered, reordered.dropFirst()).count { $0.id > $1.id }
        #expect((20...60).contains(overtaken))
        let doubled = run(Conditions(duplication: 0.1))
        #expect((2140...2260).contains(doubled.count))
    }

    @Test("A burst loses packets in a row")
    func bursts() {
        let received = run(Conditions(bursts: .init(probability: 0.01, length: 5...5))).map(\.id)
        let gaps = Set(zip(received, received.dropFirst()).map { $1 - $0 })
        #expect(gaps.isSubset(of: [1, 6, 11, 16]) && gaps.contains(6))
    }

    @Test("The two directions do not disturb one another")
    func directions() {
        let conditions = Conditions(delay: .milliseconds(30), jitter: .milliseconds(30))
        var quiet = VirtualNetwork<Int>(seed: 3, toRight: conditions, toLeft: conditions)
        var busy = VirtualNetwork<Int>(seed: 3, toRight: conditions, toLeft: conditions)
        for id in 0..<100 {
            let time = Duration.milliseconds(id)
            quiet.send(id, from: .left, at: time)
            busy.send(id, from: .left, at: time)
            busy.send(1000 + id, from: .right, at: time)
        }
        let right = busy.advance(to: .seconds(1)).filter { $0.end == .right }
        #expect(quiet.advance(to: .seconds(1)).map(\.time) == right.map(\.time))
    }

    @Test("A clock of +200 ppm gains 12 ms a minute, and the way back agrees")
    func drift() {
        let clock = VirtualClock(drift: 200)
        #expect(clock.reading(at: .seconds(60)) == .milliseconds(60_012))
        #expect(clock.time(of: .milliseconds(60_012)) == .seconds(60))
        #expect(VirtualClock(drift: -200).reading(at: .seconds(60)) == .milliseconds(59_988))
    }

    @Test("Events due at the same time come in the order they were added")
    func ties() {
        var queue = EventQueue<Int>()
        for id in 0..<50 {
            queue.add(id, due: .milliseconds(id % 3))
        }
        var order: [Int] = []
        while let next = queue.removeNext(until: .seconds(1)) { order.append(next.event) }
        #expect(order == (0..<3).flatMap { due in (0..<50).filter { $0 % 3 == due } })
    }
}
