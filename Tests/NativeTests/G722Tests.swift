import SpanDSP
import Testing

struct G722Tests {
    @Test("A tone comes back through G.722", arguments: [440.0, 3_000.0])
    func tone(frequency: Double) throws {
        let encoder = try #require(G722Encoder())
        let decoder = try #require(G722Decoder())
        var samples: [Int16] = []
        for frame in 0..<50 {
            var payload: [UInt8] = []
            encoder.encode(Tone.samples(frequency, rate: 16_000, count: 320, from: frame * 320), into: &payload)
            #expect(payload.count == 160)
            #expect(decoder.duration(of: payload) == 320)
            #expect(decoder.decode(payload, into: &samples) == 320)
        }
        #expect(samples.count == 16_000)
        #expect(Tone.share(frequency, in: samples[3_200...], rate: 16_000) > 0.9)
        #expect(abs(Tone.rootMeanSquare(samples[3_200...]) - 12_000 / 2.0.squareRoot()) < 600)
    }

    @Test("A gap is filled from what was heard, and fades")
    func concealment() throws {
        let encoder = try #require(G722Encoder())
        let decoder = try #require(G722Decoder())
        var samples: [Int16] = []
        var payload: [UInt8] = []
        encoder.encode(Tone.samples(440, rate: 16_000, count: 6_400), into: &payload)
        for start in stride(from: 0, to: payload.count, by: 160) {
            _ = decoder.decode(Array(payload[start..<start + 160]), into: &samples)
        }
        let start = samples.count
        for _ in 0..<5 { decoder.conceal(count: 320, into: &samples) }
        #expect(samples.count == start + 1_600)
        #expect(Tone.rootMeanSquare(samples[start..<start + 160]) > 4_000)
        #expect(Tone.rootMeanSquare(samples[(start + 1_280)...]) < 500)
        decoder.conceal(count: -1, into: &samples)
        decoder.conceal(count: 50_000, into: &samples)
        #expect(samples.count == start + 51_600)
    }

    @Test("Payloads of any length and any content are decoded, and none recovers another")
    func anyPayload() throws {
        let decoder = try #require(G722Decoder())
        var random = SeededGenerator(seed: 5)
        for length in [1, 2, 159, 160, 161, 480, 960] {
            var samples: [Int16] = []
            let payload = random.bytes(length)
            #expect(decoder.decode(payload, into: &samples) == 2 * length)
            #expect(samples.count == 2 * length)
            #expect(!decoder.recover(count: 320, from: payload, into: &samples))
        }
        var samples: [Int16] = []
        #expect(decoder.decode([], into: &samples) == 0)
        #expect(decoder.decode(random.bytes(961), into: &samples) == 0)
        #expect(samples.isEmpty)
    }
}
