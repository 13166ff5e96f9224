import Media
import RTP
import Testing

@Suite("The far ends of built-in numbers")
struct FarEndTests {
    private func packet(_ number: UInt16, _ timestamp: UInt32, _ payload: [UInt8]) -> [UInt8] {
        var packet: [UInt8] = []
        RTPHeader.write(payloadType: 0, marker: number == 0, sequenceNumber: number, timestamp: timestamp, ssrc: 5, to: &packet)
        return packet + payload
    }

    @Test("The echo says back every payload under a heading of its own, and keeps the distances in time")
    func echo() throws {
        let echo = EchoFarEnd(ssrc: 77, firstSequence: 65_535, firstTimestamp: .max - 100)
        var replies: [(RTPHeader, [UInt8])] = []
        for (number, timestamp) in [(9, 1_000), (10, 1_160), (11, 1_320), (14, 1_800)] as [(UInt16, UInt32)] {
            var reply: [UInt8] = []
            #expect(echo.exchange(packet(number, timestamp, [UInt8(number), 2, 3]), reply: &reply) == .talking)
            guard let header = RTPHeader(reply.span) else { break }
            replies.append((header, Array(reply[header.payload])))
        }
        try #require(replies.count == 4)
        #expect(replies.map(\.0.sequenceNumber) == [65_535, 0, 1, 2])
        #expect(replies.map { $0.0.timestamp &- replies[0].0.timestamp } == [0, 160, 320, 800])
        #expect(replies.allSatisfy { $0.0.ssrc == 77 && $0.0.payloadType == 0 })
        #expect(replies.map(\.1) == [[9, 2, 3], [10, 2, 3], [11, 2, 3], [14, 2, 3]])
    }

    @Test("What is no RTP packet is not answered")
    func notRTP() {
        let echo = EchoFarEnd(ssrc: 1, firstSequence: 0, firstTimestamp: 0)
        for length in 0..<12 {
            var reply: [UInt8] = []
            #expect(echo.exchange([UInt8](repeating: 0x80, count: length), reply: &reply) == .talking)
            #expect(reply.isEmpty)
        }
    }

    private func play(_ farEnd: AnnouncementFarEnd, atMost frames: Int = 100_000) -> [UInt8] {
        var heard: [UInt8] = []
        for _ in 0..<frames {
            var reply: [UInt8] = []
            guard farEnd.exchange([], reply: &reply) == .talking else { return heard }
            guard let header = RTPHeader(reply.span) else { return heard }
            heard += reply[header.payload]
        }
        return heard
    }

    private func announcement(_ speech: [UInt8], lead: Int = 0, loop: Bool = false, limit: Int = .max) -> AnnouncementFarEnd {
        AnnouncementFarEnd(speech: speech, leadSilence: lead, loop: loop, limit: limit, ssrc: 1, firstSequence: 0, firstTimestamp: 0)
    }

    @Test("An announcement is silence, every sample of the speech, silence to the end of its frame, and a hang-up")
    func announcement() {
        let speech = (0..<500).map { UInt8($0 % 200) }
        let heard = play(announcement(speech, lead: 240))
        #expect(heard.count == 800)
        #expect(heard.prefix(240).allSatisfy { $0 == 0xFF } && Array(heard[240..<740]) == speech && heard.suffix(60).allSatisfy { $0 == 0xFF })
        #expect(play(announcement([])).isEmpty)
        #expect(play(announcement([], loop: true)).isEmpty)
    }

    @Test("A loop goes on until the limit, which holds without one, too")
    func limit() {
        let speech = [UInt8](repeating: 9, count: 160)
        #expect(play(announcement(speech, loop: true, limit: 8_000)).count == 8_000)
        #expect(play(announcement(speech, lead: 80_000, limit: 1_600)).count == 1_600)
        #expect(play(announcement(speech, limit: 0)).isEmpty)
    }

    @Test("A lead silence that no sum can hold is cut", arguments: [Int.min, .min + 1, .max, .max - 159])
    func absurd(lead: Int) {
        let speech = [UInt8](repeating: 9, count: 160)
        _ = play(announcement(speech, lead: lead, limit: lead), atMost: 10)
        #expect(play(announcement(speech, lead: lead), atMost: 10).count <= 1_600)
    }

    @Test("The length in a command that makes exactly the lowest number of samples is cut, too")
    func lowestNumber() {
        let absurd = Duration.milliseconds(1_152_921_504_606_846_976)
        #expect(absurd.units(at: 8_000) == .min)
        _ = play(announcement([1], lead: Int(absurd.units(at: 8_000))), atMost: 10)
    }
}
