import Media
import Testing

@Suite("G.711")
struct G711Tests {
    @Test("Every code survives decoding and encoding", arguments: [G711.muLaw, .aLaw])
    func roundTrip(law: G711) {
        for code in UInt8.min ... .max {
            // µ-law has two zeros.
            let expected: UInt8 = law == .muLaw && code == 0x7F ? 0xFF : code
            #expect(law.encode(law.decode(code)) == expected)
        }
    }

    @Test(
        "Known values of the Recommendation's tables",
        arguments: [
            (G711.muLaw, 0, 0xFF), (.muLaw, 32_767, 0x80), (.muLaw, -32_768, 0x00), (.muLaw, 8, 0xFE), (.muLaw, -8, 0x7E),
            (.muLaw, 988, 0xCE), (.aLaw, 0, 0xD5), (.aLaw, -1, 0x55), (.aLaw, 32_767, 0xAA), (.aLaw, -32_768, 0x2A),
            (.aLaw, 16, 0xD4), (.aLaw, 512, 0xF5), (.aLaw, 1024, 0xE5),
        ])
    func known(law: G711, sample: Int, code: Int) {
        #expect(law.encode(Int16(sample)) == UInt8(code))
    }

    @Test("The error is at most half a step, a 32nd of the (biased) amplitude", arguments: [G711.muLaw, .aLaw])
    func error(law: G711) {
        for sample in stride(from: -32_000, through: 32_000, by: 7) {
            let error = abs(Int(law.decode(law.encode(Int16(sample)))) - sample)
            #expect(error <= max(8, (abs(sample) + 132) / 32 + 1))
        }
    }

    @Test("A gap in a tone is filled with the tone, which fades within 60 ms")
    func concealment() {
        let tone = ToneMeter()
        let decoder = G711Decoder(.muLaw)
        var payload: [UInt8] = []
        G711Encoder(.muLaw).encode(tone.samples(from: 0, count: 800), into: &payload)
        var samples: [Int16] = []
        #expect(decoder.decode(payload.span, into: &samples) == 800)
        decoder.conceal(count: 160, into: &samples)
        decoder.conceal(count: 640, into: &samples)
        #expect(samples.count == 1600)
        let first = tone.read(Array(samples[800..<960]))
        #expect(first.signalToNoise > 20 && first.gain > -2)
        #expect(samples[1280...].allSatisfy { $0 == 0 })
        #expect(!decoder.recover(count: 160, from: payload.span, into: &samples) && samples.count == 1600)
    }

    @Test("Concealing before anything was received is silence")
    func nothingToRepeat() {
        var samples: [Int16] = []
        G711Decoder(.aLaw).conceal(count: 400, into: &samples)
        #expect(samples == Array(repeating: 0, count: 400))
    }
}
