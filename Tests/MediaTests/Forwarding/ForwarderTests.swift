import Media
import Testing
import VirtualNetwork

@Suite("Forwarding under the receiver's own heading")
struct ForwarderTests {
    private static func ms(_ count: Int) -> Duration { .milliseconds(count) }

    @Test("The first packet begins where it was told to, with a marker; the rest keeps its distances")
    func first() {
        var forwarder = Forwarder(clockRate: 8_000, firstSequence: 100, firstTimestamp: 5_000)
        #expect(forwarder.forward(ssrc: 1, sequenceNumber: 7, timestamp: 900, marker: false, now: .zero)?.fields == [100, 5_000, 1])
        #expect(forwarder.forward(ssrc: 1, sequenceNumber: 8, timestamp: 1_060, marker: false, now: Self.ms(20))?.fields == [101, 5_160, 0])
        #expect(forwarder.forward(ssrc: 1, sequenceNumber: 11, timestamp: 1_540, marker: true, now: Self.ms(80))?.fields == [104, 5_640, 1])
        // The one that came late has its own place.
        #expect(forwarder.forward(ssrc: 1, sequenceNumber: 10, timestamp: 1_380, marker: false, now: Self.ms(85))?.fields == [103, 5_480, 0])
    }

    @Test("What is removed closes up in the numbers and stays a pause in the timestamps")
    func removal() {
        var forwarder = Forwarder(clockRate: 8_000, firstSequence: 100, firstTimestamp: 0)
        _ = forwarder.forward(ssrc: 1, sequenceNumber: 1, timestamp: 0, marker: false, now: .zero)
        forwarder.remove(ssrc: 1, sequenceNumber: 2)
        forwarder.remove(ssrc: 9, sequenceNumber: 3)
        #expect(forwarder.forward(ssrc: 1, sequenceNumber: 3, timestamp: 320, marker: false, now: Self.ms(40))?.fields == [101, 320, 0])
    }

    @Test("A new source continues number and timestamp, by the time that passed")
    func newSource() {
        var forwarder = Forwarder(clockRate: 8_000, firstSequence: 100, firstTimestamp: 0)
        _ = forwarder.forward(ssrc: 1, sequenceNumber: 50_000, timestamp: 70_000, marker: false, now: .zero)
        // 200 ms later another phone, with numbers and a clock of its own.
        #expect(forwarder.forward(ssrc: 2, sequenceNumber: 3, timestamp: 4_000_000_000, marker: false, now: Self.ms(200))?.fields == [101, 1_600, 1])
        #expect(forwarder.forward(ssrc: 2, sequenceNumber: 4, timestamp: 4_000_000_160, marker: false, now: Self.ms(220))?.fields == [102, 1_760, 0])
        // At once: a frame later. After an hour: a minute later.
        #expect(forwarder.forward(ssrc: 1, sequenceNumber: 9, timestamp: 1, marker: false, now: Self.ms(220))?.fields == [103, 1_920, 1])
        #expect(forwarder.forward(ssrc: 2, sequenceNumber: 9, timestamp: 1, marker: false, now: .seconds(3_600))?.fields == [104, 481_920, 1])
    }

    @Test("A packet from before the first of a new source is dropped: its number was the old source's")
    func beforeTheFirst() {
        var forwarder = Forwarder(clockRate: 8_000, firstSequence: 100, firstTimestamp: 0)
        for index in 0..<5 {
            _ = forwarder.forward(ssrc: 1, sequenceNumber: UInt16(index), timestamp: UInt32(160 * index), marker: false, now: Self.ms(20 * index))
        }
        #expect(forwarder.forward(ssrc: 2, sequenceNumber: 10, timestamp: 1_600, marker: false, now: Self.ms(100))?.sequenceNumber == 105)
        #expect(forwarder.forward(ssrc: 2, sequenceNumber: 9, timestamp: 1_440, marker: false, now: Self.ms(101)) == nil)
        #expect(forwarder.forward(ssrc: 2, sequenceNumber: 11, timestamp: 1_760, marker: false, now: Self.ms(120))?.sequenceNumber == 106)
    }

    @Test("A source that begins anew under its old SSRC goes on, whether its numbers or its timestamps jump")
    func restart() {
        var forwarder = Forwarder(clockRate: 8_000, firstSequence: 100, firstTimestamp: 0)
        var expected: UInt16 = 100
        for (first, timestamp) in [(40_000, 5_000_000), (100, 6_000_000), (60_000, 100), (60_010, 4_294_000_000)] as [(UInt16, UInt32)] {
            for index in 0..<10 {
                let heading = forwarder.forward(
                    ssrc: 1, sequenceNumber: first &+ UInt16(index), timestamp: timestamp &+ UInt32(160 * index), marker: false,
                    now: .milliseconds(20 * Int(expected - 100)))
                #expect(heading?.fields.prefix(2) == [UInt32(expected), UInt32(expected - 100) * 160])
                expected += 1
            }
        }
    }

    @Test("The numbers go round, on both sides and at different moments")
    func wrap() {
        var forwarder = Forwarder(clockRate: 8_000, firstSequence: 65_000, firstTimestamp: .max - 1_000)
        var expected: UInt16 = 65_000
        var timestamp = UInt32.max - 1_000
        for index in 0..<200_000 {
            let heading = forwarder.forward(
                ssrc: 1, sequenceNumber: 30_000 &+ UInt16(truncatingIfNeeded: index), timestamp: UInt32(truncatingIfNeeded: 160 * index),
                marker: false,
                now: Self.ms(20 * index))
            guard heading?.sequenceNumber == expected, heading?.timestamp == timestamp else {
                Issue.record("at \(index): \(String(describing: heading))")
                return
            }
            expected &+= 1
            timestamp &+= 160
        }
    }

    @Test("Over any sources no number is used twice and no new one steps back", arguments: 1...20 as ClosedRange<UInt64>)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var forwarder = Forwarder(
            clockRate: 8_000, firstSequence: .random(in: 0..<0x8000, using: &random), firstTimestamp: .random(in: .min ... .max, using: &random))
        var used: [Int64: UInt64] = [:]
        var newest: Int64?
        var newestTimestamp: UInt32 = 0
        var ssrc: UInt32 = 1
        var sequence = UInt16.random(in: .min ... .max, using: &random)
        var timestamp = UInt32.random(in: .min ... .max, using: &random)
        var now = Duration.zero
        for _ in 0..<6_000 {
            now += .milliseconds(Int.random(in: 0...40, using: &random))
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<3:
                ssrc = .random(in: 1...3, using: &random)
                // Far enough that it cannot be taken for a late packet.
                sequence &+= .random(in: 4_000...60_000, using: &random)
                timestamp = .random(in: .min ... .max, using: &random)
            case 3..<10: forwarder.remove(ssrc: ssrc, sequenceNumber: sequence &+ UInt16.random(in: 0...3, using: &random) &- 1)
            default: break
            }
            // Late by up to five, or lost in between by up to three.
            let step = Int16.random(in: -5...4, using: &random)
            let (number, time) = (sequence &+ UInt16(bitPattern: step), timestamp &+ UInt32(bitPattern: Int32(step) * 160))
            if step > 0 { (sequence, timestamp) = (number, time) }
            guard let heading = forwarder.forward(ssrc: ssrc, sequenceNumber: number, timestamp: time, marker: false, now: now) else { continue }
            let place =
                newest.map { $0 + Int64(Int16(bitPattern: heading.sequenceNumber &- UInt16(truncatingIfNeeded: $0))) }
                ?? Int64(heading.sequenceNumber)
            if let newest, place > newest { #expect(Int32(bitPattern: heading.timestamp &- newestTimestamp) > 0) }
            if place > newest ?? .min { (newest, newestTimestamp) = (place, heading.timestamp) }
            // The same packet twice is the network's doing and has one number; no other packet may have it.
            let packet = UInt64(ssrc) << 32 | UInt64(time)
            #expect(used.updateValue(packet, forKey: place) ?? packet == packet)
        }
        #expect(used.count > 1_000)
    }
}

extension Forwarder.Heading {
    /// Sequence number, timestamp and marker.
    fileprivate var fields: [UInt32] { [UInt32(sequenceNumber), timestamp, marker ? 1 : 0] }
}
