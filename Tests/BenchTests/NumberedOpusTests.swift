import Bench
import LibOpus
import Media
import Testing

struct NumberedOpusTests {
    private let tone: [[Int16]] = (0..<5).map { frame in (0..<960).map { Int16(8_000 * (($0 + frame * 960) % 96 < 48 ? 1 : -1)) } }

    @Test func `A number in the padding is found again and changes nothing that is heard`() throws {
        let encoder = try OpusAudioEncoder(sampleRate: 48_000, application: .voice, bitrate: 32_000, complexity: 5)
        let (plain, numbered) = (try OpusAudioDecoder(sampleRate: 48_000), try OpusAudioDecoder(sampleRate: 48_000))
        for (index, frame) in tone.enumerated() {
            var payload: [UInt8] = []
            encoder.encode(frame, into: &payload)
            var packet: [UInt8] = []
            NumberedOpus.append(payload, number: index << 24 | 0x12_3456, to: &packet)
            #expect(NumberedOpus.number(in: payload[...]) == nil)
            #expect(NumberedOpus.number(in: packet[...]) == index << 24 | 0x12_3456)
            var (heard, expected): ([Int16], [Int16]) = ([], [])
            let counts = (plain.decode(payload.span, into: &expected), numbered.decode(packet.span, into: &heard))
            #expect(counts == (960, 960))
            #expect(heard == expected)
        }
    }

    @Test func `What has no number gives none`() {
        for payload: ArraySlice<UInt8> in [
            [], [0x7B], [0x7B, 0x41, 0x04, 0, 0, 0], [0x78, 0x41, 0x04, 0, 0, 0, 0, 1], [0x7B, 0x41, 0x05, 0, 0, 0, 0, 1],
        ] {
            #expect(NumberedOpus.number(in: payload) == nil)
        }
    }
}
