import LibOpus
import Media
import Testing
import VirtualNetwork

@Suite("Hostile streams")
struct PlayoutHostileInputTests {
    static let decoders: [@Sendable () throws -> (any AudioDecoder, clockRate: Int)] = [
        { (MarkDecoder(), 8000) },
        { (G711Decoder(.aLaw), 8000) },
        { (MarkDecoder(sampleRate: 16_000), 8000) },
        { (try OpusAudioDecoder(sampleRate: 8000), 48_000) },
        { (try OpusAudioDecoder(sampleRate: 16_000), 48_000) },
    ]

    @Test("Random bytes under random numbers always give frames of 20 ms", arguments: decoders.indices, 0..<8)
    func random(decoder: Int, seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let (decoder, clockRate) = try Self.decoders[decoder]()
        var playout = AudioPlayout(decoder: decoder, clockRate: clockRate)
        var frame: [Int16] = []
        var now = Duration.zero
        var sequence = UInt16(0)
        var timestamp = UInt32(0)
        let wildness = seed % 4
        var wrong = 0
        for _ in 0..<3000 {
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let length = Int.random(in: 0...(seed < 4 ? 8 : 1600), using: &generator)
                var payload = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
                if length == 5 { payload[4] = 20 }
                switch Int.random(in: 0...9, using: &generator) {
                case 0..<wildness: sequence = .random(in: 0 ... .max, using: &generator)
                case 3..<(3 + wildness): timestamp = .random(in: 0 ... .max, using: &generator)
                default: sequence &+= 1; timestamp &+= UInt32(clockRate / 50)
                }
                playout.insert(sequenceNumber: sequence, timestamp: timestamp, payload: payload.span, now: now)
            }
            _ = playout.pull(into: &frame, now: now)
            if frame.count != decoder.sampleRate / 50 { wrong += 1 }
            now += .milliseconds(Int.random(in: 0...40, using: &generator))
        }
        #expect(wrong == 0)
    }

    @Test("Every extreme of sequence number and timestamp may follow every other")
    func extremes() {
        let sequences: [UInt16] = [0, 1, 63, 64, 65, 0x7FFF, 0x8000, 0x8001, 0xFFBF, 0xFFFE, 0xFFFF]
        let timestamps: [UInt32] = [0, 1, 159, 160, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FF5F, 0xFFFF_FFFF]
        let numbers = sequences.flatMap { sequence in timestamps.map { (sequence, $0) } }
        let payload: [UInt8] = Array(repeating: 0x55, count: 160)
        var frame: [Int16] = []
        for first in numbers {
            var playout = AudioPlayout(decoder: G711Decoder(.muLaw), clockRate: 8000)
            var now = Duration.zero
            for second in numbers {
                for (sequence, timestamp) in [first, second, second] {
                    playout.insert(sequenceNumber: sequence, timestamp: timestamp, payload: payload.span, now: now)
                    _ = playout.pull(into: &frame, now: now)
                    now += .milliseconds(20)
                }
            }
            #expect(frame.count == 160)
        }
    }

    @Test("A flood of packets is not kept, and the stream is heard afterwards")
    func flood() {
        let decoder = MarkDecoder()
        var playout = AudioPlayout(decoder: decoder, clockRate: 8000)
        var frame: [Int16] = []
        for index in 0..<20_000 {
            let payload = MarkDecoder.payload(index: index, milliseconds: 20)
            playout.insert(sequenceNumber: UInt16(truncatingIfNeeded: index), timestamp: UInt32(160 * index), payload: payload.span, now: .zero)
        }
        for pull in 0..<10 { _ = playout.pull(into: &frame, now: .milliseconds(20 * pull)) }
        // What is kept of the flood is at most 64 packets; nothing else was decoded.
        #expect(decoder.decoded <= 64)
        for index in 0..<500 {
            let now = Duration.seconds(1) + .milliseconds(20 * index)
            let payload = MarkDecoder.payload(index: 50 + index, milliseconds: 20)
            playout.insert(sequenceNumber: UInt16(100 + index), timestamp: UInt32(160 * index), payload: payload.span, now: now)
            let kind = playout.pull(into: &frame, now: now)
            if index > 100 { #expect(kind == .voice) }
        }
    }

    @Test("Payloads that are empty, too long or no packet of the codec are counted and nothing else")
    func malformed() throws {
        var playout = AudioPlayout(decoder: try OpusAudioDecoder(sampleRate: 8000), clockRate: 48_000)
        var frame: [Int16] = []
        let bad: [[UInt8]] = [[], [0x03], Array(repeating: 0, count: 1501), [0x1B, 0x3F], [0x02, 0xFF]]
        for payload in bad {
            playout.insert(sequenceNumber: 0, timestamp: 0, payload: payload.span, now: .zero)
        }
        _ = playout.pull(into: &frame, now: .zero)
        #expect(frame == Array(repeating: 0, count: 160))
        #expect(playout.statistics.malformed == bad.count)
    }

    @Test("Packets of one sample each cannot make a pull long")
    func tinyPackets() {
        var playout = AudioPlayout(decoder: G711Decoder(.muLaw), clockRate: 8000)
        var frame: [Int16] = []
        let payload: [UInt8] = [0xFF]
        for index in 0..<100_000 {
            playout.insert(
                sequenceNumber: UInt16(truncatingIfNeeded: index), timestamp: UInt32(index), payload: payload.span,
                now: .microseconds(125 * index)
            )
            if index % 160 == 0 { _ = playout.pull(into: &frame, now: .microseconds(125 * index)) }
        }
        #expect(frame.count == 160)
    }
}
