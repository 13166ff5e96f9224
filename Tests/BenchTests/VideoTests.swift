import Bench
import Testing

struct VideoTests {
    /// A picture's packets as they go out: payload, and whether it is the last.
    private func packets(_ frame: VP8Frame) -> [(payload: [UInt8], marker: Bool)] {
        (0..<frame.packetCount).map { index in
            var payload: [UInt8] = []
            frame.appendPayload(index, to: &payload)
            return (payload, index == frame.packetCount - 1)
        }
    }

    @Test(arguments: [true, false]) func `A frame begins once, says whether it is a key frame, and fills its packets`(isKey: Bool) {
        let packets = packets(VP8Frame(isKey: isKey, pictureID: 0x7ABC))
        #expect(packets.map { VP8Frame.beginsKey($0.payload[...]) } == [isKey] + Array(repeating: nil, count: packets.count - 1))
        #expect(packets.allSatisfy { $0.payload.count == 1_100 })
        #expect(packets.allSatisfy { Array($0.payload[1...3]) == [0x80, 0xFA, 0xBC] })
    }

    @Test func `Payloads of other forms, and cut ones, are read without a trap`() {
        // No extension; one-byte picture id; picture id, TL0PICIDX and TID.
        #expect(VP8Frame.beginsKey([0x10, 0x10]) == true)
        #expect(VP8Frame.beginsKey([0x90, 0x80, 0x05, 0x11]) == false)
        #expect(VP8Frame.beginsKey([0x90, 0xE0, 0x80, 0x05, 0x07, 0x20, 0x10]) == true)
        for bytes: ArraySlice<UInt8> in [[], [0x90], [0x90, 0x80], [0x90, 0xF0, 0x80, 0x01], [0x00, 0x10], [0x11, 0x10]] {
            #expect(VP8Frame.beginsKey(bytes) == nil)
        }
    }

    @Test func `A camera sends 500 kbit a second, key frames and all`() {
        var pacing = CameraPacing(firstPictureID: 0)
        var now = Duration.zero
        var packets = 0
        while now < .seconds(60) {
            packets += pacing.next(now: now)?.packetCount ?? 0
            now += CameraPacing.interval
        }
        let rate = Double(packets * VP8Frame.payloadLength * 8) / 60
        #expect(abs(rate - 500_000) < 5_000)
    }

    @Test func `A key frame comes first, every five seconds, and when it is asked for, but not at once again`() {
        var pacing = CameraPacing(firstPictureID: 0)
        var keys: [Duration] = []
        var now = Duration.zero
        while now < .seconds(12) {
            // Somebody asks all the time from 6 s to 7 s.
            if now >= .seconds(6), now < .seconds(7) { pacing.requestKey() }
            if pacing.next(now: now)?.isKey == true { keys.append(now) }
            now += CameraPacing.interval
        }
        #expect(keys.first == .zero)
        let asked = keys.count { at in at >= .seconds(6) && at < .milliseconds(7_400) }
        #expect(asked == 4)
        let gaps: [Duration] = zip(keys.dropFirst(), keys).map { later, earlier in later - earlier }
        let longest: Duration = CameraPacing.longestWithoutKey + CameraPacing.interval + CameraPacing.interval
        #expect(gaps.allSatisfy { $0 >= CameraPacing.shortestBetweenKeys })
        #expect(gaps.allSatisfy { $0 < longest })
    }

    @Test func `A whole key frame is seen when its last packet comes`() {
        var reception = PictureReception()
        for (index, packet) in packets(VP8Frame(isKey: true, pictureID: 1)).enumerated() {
            let asks = reception.receive(
                packet.payload[...], sequenceNumber: 0xFFFE &+ UInt16(index), timestamp: 90, marker: packet.marker, now: .milliseconds(index))
            #expect(!asks)
        }
        #expect(reception.firstKey == .milliseconds(9))
    }

    @Test func `A key frame with a hole is none, and is asked for, at most every 200 ms`() {
        var reception = PictureReception()
        for (index, packet) in packets(VP8Frame(isKey: true, pictureID: 1)).enumerated() where index != 4 {
            let asks = reception.receive(packet.payload[...], sequenceNumber: UInt16(index), timestamp: 90, marker: packet.marker, now: .zero)
            #expect(asks == packet.marker)
        }
        #expect(reception.firstKey == nil)
        for (index, packet) in packets(VP8Frame(isKey: false, pictureID: 2)).enumerated() {
            let asks = reception.receive(
                packet.payload[...], sequenceNumber: UInt16(10 + index), timestamp: 180, marker: packet.marker, now: .milliseconds(35))
            #expect(!asks)
        }
        for (index, packet) in packets(VP8Frame(isKey: false, pictureID: 3)).enumerated() {
            let asks = reception.receive(
                packet.payload[...], sequenceNumber: UInt16(12 + index), timestamp: 270, marker: packet.marker, now: .milliseconds(200))
            #expect(asks == packet.marker)
        }
    }
}
