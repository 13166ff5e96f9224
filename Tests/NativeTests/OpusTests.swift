import LibOpus
import Testing

struct OpusTests {
    /// The payloads of one second of a tone.
    private static func payloads(rate: Int, expectedLoss: Int = 0, application: OpusAudioEncoder.Application = .voice) throws -> [[UInt8]] {
        let encoder = try OpusAudioEncoder(sampleRate: rate, application: application, bitrate: 32_000)
        if expectedLoss > 0 { try encoder.expectLoss(percent: expectedLoss) }
        return (0..<50).map { frame in
            var payload: [UInt8] = []
            encoder.encode(Tone.samples(440, rate: rate, count: rate / 50, from: frame * rate / 50), into: &payload)
            return payload
        }
    }

    @Test("A tone is heard at every rate of decoder", arguments: [8_000, 16_000, 48_000], [16_000, 48_000])
    func tone(decoded: Int, encoded: Int) throws {
        let decoder = try OpusAudioDecoder(sampleRate: decoded)
        var samples: [Int16] = []
        for payload in try Self.payloads(rate: encoded) {
            #expect(decoder.duration(of: payload) == decoded / 50)
            #expect(decoder.decode(payload, into: &samples) == decoded / 50)
        }
        #expect(samples.count == decoded)
        #expect(Tone.share(440, in: samples[(decoded / 5)...], rate: decoded) > 0.9)
        #expect(Tone.rootMeanSquare(samples[(decoded / 5)...]) > 6_000)
    }

    @Test("A lost frame is recovered from the redundancy of the next one", arguments: [8_000, 16_000, 48_000])
    func recovery(rate: Int) throws {
        let payloads = try Self.payloads(rate: 16_000, expectedLoss: 20)
        let decoder = try OpusAudioDecoder(sampleRate: rate)
        var samples: [Int16] = []
        for index in payloads.indices {
            if index == 29 {
                let start = samples.count
                #expect(decoder.recover(count: rate / 50, from: payloads[30], into: &samples))
                #expect(samples.count == start + rate / 50)
                #expect(Tone.share(440, in: samples[start...], rate: rate) > 0.85)
                #expect(Tone.rootMeanSquare(samples[start...]) > 5_000)
            } else {
                _ = decoder.decode(payloads[index], into: &samples)
            }
        }
        #expect(samples.count == rate)
        #expect(Tone.share(440, in: samples[(rate / 5)...], rate: rate) > 0.9)
    }

    @Test("Without redundancy nothing is recovered and nothing appended")
    func noRedundancy() throws {
        let decoder = try OpusAudioDecoder(sampleRate: 16_000)
        var samples: [Int16] = []
        let voice = try Self.payloads(rate: 16_000)
        #expect(!decoder.recover(count: 320, from: voice[10], into: &samples))
        let music = try Self.payloads(rate: 48_000, application: .audio)
        #expect(!decoder.recover(count: 320, from: music[10], into: &samples))
        let redundant = try Self.payloads(rate: 16_000, expectedLoss: 20)
        for count in [-1, 0, 7, 100_000] { #expect(!decoder.recover(count: count, from: redundant[10], into: &samples)) }
        #expect(samples.isEmpty)
    }

    @Test("A gap is filled with exactly as many samples as asked for", arguments: [1, 19, 20, 160, 161, 960, 5_000])
    func concealment(count: Int) throws {
        let decoder = try OpusAudioDecoder(sampleRate: 8_000)
        var samples: [Int16] = []
        for payload in try Self.payloads(rate: 16_000).prefix(20) { _ = decoder.decode(payload, into: &samples) }
        let start = samples.count
        decoder.conceal(count: count, into: &samples)
        #expect(samples.count == start + count)
        #expect(Tone.rootMeanSquare(samples[start..<min(start + 100, samples.count)]) > 1_000)
        decoder.conceal(count: -5, into: &samples)
        #expect(samples.count == start + count)
    }

    @Test("Noise is decoded or refused, never more than 120 ms of it")
    func noise() throws {
        let decoder = try OpusAudioDecoder(sampleRate: 48_000)
        var random = SeededGenerator(seed: 4)
        for _ in 0..<3_000 {
            let payload = random.bytes(Int.random(in: 0..<60, using: &random))
            var samples: [Int16] = []
            let count = decoder.decode(payload, into: &samples)
            #expect(count == samples.count && count <= 5_760)
            #expect(count == 0 || decoder.duration(of: payload) == count)
            _ = decoder.recover(count: 960, from: payload, into: &samples)
        }
    }

    @Test("A payload cut at any length is decoded or refused")
    func everyPrefix() throws {
        let decoder = try OpusAudioDecoder(sampleRate: 16_000)
        let payload = try Self.payloads(rate: 16_000, expectedLoss: 20)[10]
        var samples: [Int16] = []
        #expect(decoder.decode([], into: &samples) == 0)
        #expect(decoder.duration(of: []) == nil)
        for length in 1..<payload.count {
            let cut = Array(payload[..<length])
            samples = []
            #expect([0, 320].contains(decoder.decode(cut, into: &samples)))
            _ = decoder.recover(count: 320, from: cut, into: &samples)
        }
    }

    @Test("A frame of a length that Opus does not have leaves no payload")
    func oddFrame() throws {
        let encoder = try OpusAudioEncoder(sampleRate: 48_000, bitrate: 32_000)
        var payload: [UInt8] = [1]
        encoder.encode([Int16](repeating: 0, count: 961), into: &payload)
        encoder.encode([], into: &payload)
        #expect(payload == [1])
    }

    @Test("A lower bit rate makes smaller payloads, and wrong settings are refused")
    func controls() throws {
        let encoder = try OpusAudioEncoder(sampleRate: 16_000, bitrate: 40_000)
        var large: [UInt8] = []
        for frame in 0..<20 { encoder.encode(Tone.samples(440, rate: 16_000, count: 320, from: frame * 320), into: &large) }
        try encoder.setBitrate(8_000)
        try encoder.setComplexity(1)
        var small: [UInt8] = []
        for frame in 20..<40 { encoder.encode(Tone.samples(440, rate: 16_000, count: 320, from: frame * 320), into: &small) }
        #expect(small.count < large.count * 2 / 3)
        #expect(throws: OpusError.self) { try encoder.setComplexity(11) }
        #expect(throws: OpusError.self) { try OpusAudioDecoder(sampleRate: 44_100) }
    }
}
