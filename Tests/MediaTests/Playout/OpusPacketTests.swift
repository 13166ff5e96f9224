import Media
import Testing
import VirtualNetwork

@Suite("Durations of Opus packets")
struct OpusPacketTests {
    /// Configuration, frames and their duration in tenths of a millisecond (RFC 6716, table 2).
    @Test(
        "Each configuration has its frame duration",
        arguments: [
            (0, 100), (1, 200), (2, 400), (3, 600), (4, 100), (7, 600), (8, 100), (11, 600), (12, 100), (13, 200), (14, 100),
            (15, 200), (16, 25), (17, 50), (18, 100), (19, 200), (20, 25), (27, 200), (28, 25), (31, 200),
        ])
    func configurations(configuration: Int, tenths: Int) {
        let packet: [UInt8] = [UInt8(configuration << 3), 1, 2, 3]
        #expect(OpusPacket.duration(of: packet.span, at: 48_000) == 48 * tenths / 10)
        #expect(OpusPacket.duration(of: packet.span, at: 8000) == 8 * tenths / 10)
    }

    @Test(
        "Codes 1 to 3 count their frames",
        arguments: [
            ([0x09, 1, 2], 640), ([0x08 | 2, 1, 9, 9], 640), ([0x08 | 3, 0x06, 1, 2, 3, 4, 5, 6], 1920),
            ([0x08 | 3, 0x82, 1, 9, 9], 640), ([0x08 | 3, 0x41, 2, 7, 0, 0], 320), ([0x08], 320),
        ] as [([UInt8], Int)])
    func codes(packet: [UInt8], samples: Int) {
        #expect(OpusPacket.duration(of: packet.span, at: 16_000) == samples)
    }

    @Test(
        "Malformed packets have none",
        arguments: [
            [], [0x09, 1], [0x0A], [0x0A, 2, 9], [0x0A, 252], [0x0B], [0x0B, 0], [0x0B, 0x07], [0x0B, 0x02, 1],
            [0x0B, 0x41, 5, 0], [0x0B, 0x41, 255, 255, 255], [0x0B, 0x82, 9, 1], [0x1B, 3, 1, 2, 3], [0x83, 49],
            Array(repeating: 0, count: 1277),
        ] as [[UInt8]])
    func malformed(packet: [UInt8]) {
        #expect(OpusPacket.duration(of: packet.span, at: 48_000) == nil)
    }

    @Test("Random bytes never give more than 120 ms")
    func random() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<100_000 {
            let packet = (0..<Int.random(in: 0...12, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if let duration = OpusPacket.duration(of: packet.span, at: 48_000) {
                #expect((120...5760).contains(duration) && duration % 120 == 0)
            }
        }
    }
}
