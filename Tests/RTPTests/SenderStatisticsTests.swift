import RTP
import Testing

@Suite("Sender statistics and time")
struct SenderStatisticsTests {
    @Test(
        "Wall-clock time becomes NTP time",
        arguments: [
            (0, 0x83AA_7E80_0000_0000), (500_000_000, 0x83AA_7E80_8000_0000), (-500_000_000, 0x83AA_7E7F_8000_0000),
            (1_700_000_000_250_000_000, 0xE8FE_6F80_4000_0000), (2_085_978_496_000_000_000, 0),
        ] as [(Int64, UInt64)])
    func ntp(nanoseconds: Int64, expected: UInt64) {
        #expect(NTPTimestamp(unixNanoseconds: nanoseconds).rawValue == expected)
    }

    @Test("The ends of the clock do not trap")
    func endsOfClock() {
        #expect(NTPTimestamp(unixNanoseconds: .min) != NTPTimestamp(unixNanoseconds: .max))
    }

    @Test("There is no report before the first packet; then its timestamp is that of the moment")
    func report() throws {
        var statistics = SenderStatistics(clockRate: 48000)
        let ntp = NTPTimestamp(unixNanoseconds: 0)
        #expect(statistics.senderInfo(ssrc: 1, ntp: ntp, now: .zero) == nil)
        statistics.send(payloadLength: 100, timestamp: 0xFFFF_FF00, now: .seconds(1))
        statistics.send(payloadLength: 60, timestamp: 0xFFFF_FFF0, now: .seconds(2))
        let info = try #require(statistics.senderInfo(ssrc: 1, ntp: ntp, now: .seconds(2.5)))
        #expect(info == RTCPSenderInfo(ssrc: 1, ntp: ntp, rtpTimestamp: 24000 - 16, packetCount: 2, octetCount: 160))
    }

    @Test(
        "The round trip is what is left after the peer's own delay",
        arguments: [
            (0x0001_0000, 0x0000_8000, 0x0002_0000, 500), (0xFFFF_0000, 0x0000_8000, 0x0000_0000, 500),
            (0x0001_0000, 0x0001_0001, 0x0002_0000, 0), (1, 0, 1, 0),
        ] as [(UInt32, UInt32, UInt32, Int)])
    func roundTrip(sent: UInt32, delay: UInt32, arrival: UInt32, milliseconds: Int) {
        var statistics = SenderStatistics(clockRate: 8000)
        statistics.receive(block(sent, delay), arrival: NTPTimestamp(rawValue: UInt64(arrival) << 16))
        #expect(statistics.roundTrip == .milliseconds(milliseconds))
    }

    @Test(
        "Without a report, or with numbers that cannot be, there is no round trip",
        arguments: [
            (0, 0, 65536), (1, 0, 0x4000_0000), (0x4000_0000, 0, 1), (65536, 0x0002_0000, 65537),
        ] as [(UInt32, UInt32, UInt32)])
    func noRoundTrip(sent: UInt32, delay: UInt32, arrival: UInt32) {
        #expect(RoundTrip.time(from: block(sent, delay), arrival: NTPTimestamp(rawValue: UInt64(arrival) << 16)) == nil)
    }

    @Test("A receiver's block through our own reports gives the true round trip")
    func loop() throws {
        var sender = SenderStatistics(clockRate: 8000)
        sender.send(payloadLength: 160, timestamp: 0, now: .zero)
        let info = try #require(sender.senderInfo(ssrc: 1, ntp: NTPTimestamp(unixNanoseconds: 1_000_000_000), now: .zero))
        var receiver = ReceptionStatistics(clockRate: 8000, minimumRun: 1)
        receiver.receive(sequenceNumber: 1, timestamp: 0, now: .seconds(70.05))
        receiver.receive(info, now: .seconds(70.05))
        let blockReport = receiver.reportBlock(ssrc: 1, now: .seconds(73.05))
        let block = try #require(blockReport)
        sender.receive(block, arrival: NTPTimestamp(unixNanoseconds: 4_120_000_000))
        let roundTrip = try #require(sender.roundTrip)
        #expect(abs((roundTrip - .milliseconds(120)) / .milliseconds(1)) < 0.1)
    }

    private func block(_ sent: UInt32, _ delay: UInt32) -> RTCPReportBlock {
        RTCPReportBlock(
            ssrc: 1, fractionLost: 0, cumulativeLost: 0, highestSequence: 0, jitter: 0, lastSenderReport: sent,
            delaySinceLastSenderReport: delay)
    }
}
