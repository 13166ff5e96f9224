import Media
import Testing

@Suite("Where a decoder can start")
struct KeyframeTests {
    static let starting: [(VideoCodec, [UInt8])] = [
        (.vp8, [0x10, 0x10, 0x02]),
        // With a picture id of 7 bits, of 15 bits, and with everything that a descriptor can have.
        (.vp8, [0x90, 0x80, 0x05, 0x10]), (.vp8, [0x90, 0x80, 0x85, 0x01, 0x10]), (.vp8, [0x90, 0xE0, 0x85, 0x01, 0x07, 0x20, 0x10]),
        (.h264, [0x67, 0x42]), (.h264, [0x78, 0x00, 0x02, 0x67, 0x42]), (.h264, [0x78, 0x00, 0x02, 0x09, 0x10, 0x00, 0x02, 0x67, 0x42]),
        (.h264, [0x7C, 0x87, 0x42]),
        (.vp9, [0x08, 0x00]), (.vp9, [0xA8, 0x05, 0x00, 0x00]), (.vp9, [0xA8, 0x85, 0x01, 0x00, 0x00]),
        (.av1, [0x18, 0x0A]),
    ]
    static let others: [(VideoCodec, [UInt8])] = [
        // A predicted frame; a later packet; a later partition; nothing behind the descriptor.
        (.vp8, [0x10, 0x11]), (.vp8, [0x00, 0x10]), (.vp8, [0x11, 0x10]), (.vp8, [0x90, 0x80, 0x85, 0x01]), (.vp8, [0x10]), (.vp8, []),
        (.h264, [0x61, 0x42]), (.h264, [0x7C, 0x07, 0x42]), (.h264, [0x78, 0x00, 0x02]), (.h264, [0x78, 0x00, 0x00, 0x09, 0xFF, 0xFF, 0x09]),
        (.h264, [0x67]), (.h264, []),
        (.vp9, [0x48, 0x00]), (.vp9, [0x00, 0x00]), (.vp9, [0xA8, 0x05, 0x02, 0x00]), (.vp9, [0xA8, 0x85]), (.vp9, []),
        (.av1, [0x10, 0x0A]), (.av1, [0x18]), (.av1, []),
    ]

    @Test("The first packet of a whole picture is told by its payload", arguments: KeyframeTests.starting)
    func starts(codec: VideoCodec, payload: [UInt8]) {
        let begins = codec.beginsKeyframe(payload.span)
        #expect(begins)
    }

    @Test("Everything else is not, however short", arguments: KeyframeTests.others)
    func anythingElse(codec: VideoCodec, payload: [UInt8]) {
        let begins = codec.beginsKeyframe(payload.span)
        #expect(!begins)
    }

    @Test("No first four bytes trap, at any length", arguments: VideoCodec.allCases)
    func sweep(codec: VideoCodec) {
        var found = 0
        for first in UInt8.min...UInt8.max {
            for second in stride(from: UInt8(0), through: 240, by: 16) {
                for length in 0...7 where codec.beginsKeyframe(Array([first, second, second, first, 0, 0, 0].prefix(length)).span) { found += 1 }
            }
        }
        #expect(found > 0)
    }
}
