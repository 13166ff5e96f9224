import Media
import Testing
import VirtualNetwork

@Suite("The window of transit times")
struct TransitWindowTests {
    /// The rule without any saving: the extremes of each 20 ms of media in the last six seconds that had any, at most ten seconds old.
    private static func extremes(of packets: [(transit: Int, timestamp: Int, arrival: Int)]) -> (base: Int, high: Int) {
        var stretches: [(stretch: Int, arrival: Int, least: Int, most: Int)] = []
        for packet in packets {
            let stretch = packet.timestamp / 160
            if let last = stretches.last, last.stretch == stretch {
                stretches[stretches.count - 1].least = min(last.least, packet.transit)
                stretches[stretches.count - 1].most = max(last.most, packet.transit)
            } else {
                stretches.append((stretch, packet.arrival, packet.transit, packet.transit))
            }
            stretches = Array(stretches.suffix(300))
            while stretches.count > 1, stretches[0].arrival < packet.arrival - 80_000 { stretches.removeFirst() }
        }
        let falling = stretches.map(\.most).sorted(by: >)
        return (stretches.map(\.least).min()!, falling[min(stretches.count / 100, 3)])
    }

    @Test("Its extremes are those of a full look at every packet", arguments: [(1, 3), (2, 400), (3, 20_000)])
    func extremes(seed: Int, jitter: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var window = TransitWindow(clockRate: 8_000)
        var packets: [(transit: Int, timestamp: Int, arrival: Int)] = []
        var timestamp = 0
        for number in 0..<1_500 {
            // Now and then two packets of one stretch, a pause, or a pause that outlasts the window.
            timestamp += number.isMultiple(of: 7) ? 40 : number.isMultiple(of: 211) ? 9_600 : number == 1_200 ? 90_000 : 160
            let transit = Int.random(in: -jitter...jitter, using: &random)
            let packet = (transit: transit, timestamp: timestamp, arrival: timestamp + transit)
            packets.append(packet)
            window.insert(transit: packet.transit, timestamp: packet.timestamp, arrival: packet.arrival)
            let expected = Self.extremes(of: packets.suffix(700))
            #expect(window.base == expected.base && window.high == expected.high, "packet \(number)")
        }
    }
}
