import RTP
import Testing

@Suite("Reception statistics")
struct ReceptionStatisticsTests {
    /// Receives packets of 20 ms at 8 kHz, each at its time.
    private func receive(_ statistics: inout ReceptionStatistics, _ numbers: some Sequence<Int>) {
        for number in numbers {
            statistics.receive(
                sequenceNumber: UInt16(truncatingIfNeeded: number), timestamp: UInt32(truncatingIfNeeded: number * 160),
                now: .milliseconds(number * 20))
        }
    }

    @Test("A source is believed after two packets in a row, and at once behind SRTP")
    func probation() {
        var statistics = ReceptionStatistics(clockRate: 8000)
        #expect(statistics.receive(sequenceNumber: 10, timestamp: 0, now: .zero) == .probation)
        #expect(statistics.receive(sequenceNumber: 12, timestamp: 0, now: .zero) == .probation)
        let early = statistics.reportBlock(ssrc: 1, now: .zero)
        #expect(early == nil)
        #expect(statistics.received == 0 && statistics.lost == 0)
        #expect(statistics.receive(sequenceNumber: 13, timestamp: 0, now: .zero) == .newest(skipped: 0))
        #expect(statistics.received == 1)
        var secured = ReceptionStatistics(clockRate: 8000, minimumRun: 1)
        #expect(secured.receive(sequenceNumber: 65535, timestamp: 0, now: .zero) == .newest(skipped: 0))
        #expect(secured.receive(sequenceNumber: 0, timestamp: 0, now: .zero) == .newest(skipped: 0))
        #expect(secured.extendedHighestSequence == 65536)
    }

    @Test("A lost packet is lost until it comes late, and the fraction is of the time since the last report")
    func loss() throws {
        var statistics = ReceptionStatistics(clockRate: 8000, minimumRun: 1)
        receive(&statistics, Array(0..<50) + Array(52..<100))
        let firstReport = statistics.reportBlock(ssrc: 7, now: .zero)
        let first = try #require(firstReport)
        #expect(first.ssrc == 7 && first.cumulativeLost == 2 && first.fractionLost == 5 && first.highestSequence == 99)
        #expect(statistics.receive(sequenceNumber: 50, timestamp: 8000, now: .seconds(2)) == .late)
        receive(&statistics, 100..<200)
        let secondReport = statistics.reportBlock(ssrc: 7, now: .zero)
        let second = try #require(secondReport)
        #expect(second.cumulativeLost == 1 && second.fractionLost == 0)
        #expect(statistics.lost == 1 && statistics.received == 199)
    }

    @Test("Duplicates make loss negative, down to what 24 bits can say")
    func duplicates() throws {
        var statistics = ReceptionStatistics(clockRate: 8000, minimumRun: 1)
        receive(&statistics, [1, 1, 1])
        let blockReport = statistics.reportBlock(ssrc: 1, now: .zero)
        let block = try #require(blockReport)
        #expect(block.cumulativeLost == -2 && block.fractionLost == 0)
        var bytes: [UInt8] = []
        RTCPWriter.appendReceiverReport(sender: 1, blocks: [block], to: &bytes)
        #expect(bytes[13...15] == [0xFF, 0xFF, 0xFE])
    }

    @Test("A far packet is a stray, two in a row are a new start, and totals go on over it")
    func restart() throws {
        var statistics = ReceptionStatistics(clockRate: 8000, minimumRun: 1)
        receive(&statistics, Array(0..<10) + [11])
        #expect(statistics.receive(sequenceNumber: 30000, timestamp: 0, now: .zero) == .stray)
        #expect(statistics.receive(sequenceNumber: 12, timestamp: 1920, now: .zero) == .newest(skipped: 0))
        #expect(statistics.receive(sequenceNumber: 40000, timestamp: 0, now: .zero) == .stray)
        #expect(statistics.receive(sequenceNumber: 40001, timestamp: 0, now: .zero) == .restarted)
        #expect(statistics.received == 13 && statistics.lost == 1)
        let early = statistics.reportBlock(ssrc: 1, now: .zero)
        #expect(early?.cumulativeLost == 0)
    }

    @Test("Even arrival has no jitter; alternating delay has the jitter of its difference")
    func jitter() {
        var even = ReceptionStatistics(clockRate: 8000, minimumRun: 1)
        receive(&even, 0..<500)
        #expect(even.jitter == .zero)
        var uneven = ReceptionStatistics(clockRate: 8000, minimumRun: 1)
        for number in 0..<500 {
            uneven.receive(
                sequenceNumber: UInt16(number), timestamp: UInt32(number * 160),
                now: .milliseconds(number * 20 + (number % 2) * 10))
        }
        #expect(uneven.jitter > .milliseconds(9.7) && uneven.jitter <= .milliseconds(10))
    }

    @Test("A jump of the timestamps is not jitter")
    func timelineChange() {
        var statistics = ReceptionStatistics(clockRate: 8000, minimumRun: 1)
        receive(&statistics, 0..<10)
        statistics.receive(sequenceNumber: 10, timestamp: 0x8000_0000, now: .milliseconds(200))
        statistics.receive(sequenceNumber: 11, timestamp: 0x8000_00A0, now: .milliseconds(220))
        #expect(statistics.jitter == .zero)
    }

    @Test("The block refers to the last sender report and tells its age")
    func lastSenderReport() throws {
        var statistics = ReceptionStatistics(clockRate: 8000, minimumRun: 1)
        receive(&statistics, 0..<2)
        let early = statistics.reportBlock(ssrc: 1, now: .seconds(1))
        #expect(early?.lastSenderReport == 0)
        statistics.receive(RTCPTests.info, now: .seconds(10))
        let blockReport = statistics.reportBlock(ssrc: 1, now: .seconds(11.5))
        let block = try #require(blockReport)
        #expect(block.lastSenderReport == 0x2222_3333 && block.delaySinceLastSenderReport == 98304)
    }

    @Test("Loss and order of a seeded network are counted exactly", arguments: 0..<20 as Range<UInt64>)
    func seededNetwork(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var statistics = ReceptionStatistics(clockRate: 8000, minimumRun: 1)
        let start = Int.random(in: 60000...65535, using: &random)
        var arrivals = [start]
        for number in start + 1..<start + 20000 where Int.random(in: 0..<20, using: &random) > 0 { arrivals.append(number) }
        // Neighbours change places, which is no loss. The first stays, as it is where counting begins.
        for index in 1..<arrivals.count - 1 where Int.random(in: 0..<10, using: &random) == 0 { arrivals.swapAt(index, index + 1) }
        receive(&statistics, arrivals)
        #expect(statistics.received == Int64(arrivals.count))
        #expect(statistics.lost == Int64(arrivals.max()! - start + 1 - arrivals.count))
        #expect(statistics.extendedHighestSequence == UInt32(arrivals.max()!))
    }

    @Test("Whatever numbers come, the statistics neither trap nor leave their range", arguments: 0..<20 as Range<UInt64>)
    func hostile(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var statistics = ReceptionStatistics(clockRate: seed % 2 == 0 ? 90000 : 0)
        for step in 0..<5000 {
            statistics.receive(
                sequenceNumber: Bool.random(using: &random) ? random.next() : UInt16(truncatingIfNeeded: step),
                timestamp: random.next(), now: .seconds(Int64.random(in: 0...1 << 40, using: &random)))
            if step % 100 == 0, let block = statistics.reportBlock(ssrc: 1, now: .zero) {
                #expect((-0x80_0000...0x7F_FFFF).contains(block.cumulativeLost))
            }
        }
        #expect(statistics.jitter >= .zero)
    }
}
