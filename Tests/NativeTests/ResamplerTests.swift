import SpeexDSP
import Testing

struct ResamplerTests {
    @Test("A tone keeps its pitch, strength and length", arguments: [8_000, 16_000, 48_000])
    func tone(rate: Int) throws {
        let samples = try #require(Resampler.convert(Tone.samples(440, rate: 22_050, count: 22_050), from: 22_050, to: rate))
        #expect(samples.count == rate)
        let middle = samples[(rate / 10)..<(rate * 9 / 10)]
        #expect(Tone.share(440, in: middle, rate: rate) > 0.99)
        #expect(abs(Tone.rootMeanSquare(middle) - 12_000 / 2.0.squareRoot()) < 200)
        #expect(Tone.rootMeanSquare(samples[(rate * 95 / 100)...]) > 6_000, "the end is not swallowed")
    }

    @Test("The result is not late")
    func noDelay() throws {
        var click = [Int16](repeating: 0, count: 22_050)
        click[11_025] = 30_000
        let samples = try #require(Resampler.convert(click, from: 22_050, to: 8_000))
        let loudest = samples.indices.max { samples[$0].magnitude < samples[$1].magnitude }
        #expect(abs(try #require(loudest) - 4_000) <= 1)
    }

    @Test("Nothing becomes nothing, the same rate changes nothing, and a rate of 0 is refused")
    func borders() {
        #expect(Resampler.convert([], from: 22_050, to: 8_000) == [])
        #expect(Resampler.convert([1, 2], from: 8_000, to: 8_000) == [1, 2])
        #expect(Resampler.convert([1], from: 22_050, to: 8_000)?.count == 0)
        #expect(Resampler.convert([1, 2, 3], from: 22_050, to: 8_000)?.count == 1)
        #expect(Resampler.convert([1], from: 0, to: 8_000) == nil)
        #expect(Resampler.convert([1], from: 8_000, to: -1) == nil)
    }
}
