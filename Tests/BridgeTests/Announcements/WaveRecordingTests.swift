import Bridge
import Testing

@Suite("A recording as espeak-ng writes it")
struct WaveRecordingTests {
    private static func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    private static func wave(
        rate: Int = 22_050, channels: Int = 1, bits: Int = 16, length: Int? = nil, before: [UInt8] = [], samples: [Int16] = [1, -2, 300, -32_768]
    ) -> [UInt8] {
        let data = samples.flatMap { number(Int($0), 2) }
        let format = number(1, 2) + number(channels, 2) + number(rate, 4) + number(rate * channels * bits / 8, 4) + number(2, 2) + number(bits, 2)
        return Array("RIFF".utf8) + number(0x7FFF_F000, 4) + Array("WAVE".utf8) + before + Array("fmt ".utf8) + number(16, 4) + format
            + Array("data".utf8) + number(length ?? data.count, 4) + data
    }

    @Test("Its rate and samples are read, also where its length is a lie")
    func read() throws {
        let recording = try #require(WaveRecording(Self.wave()))
        #expect(recording.sampleRate == 22_050)
        #expect(recording.samples == [1, -2, 300, -32_768])
        #expect(WaveRecording(Self.wave(length: 0x7FFF_F000))?.samples == [1, -2, 300, -32_768])
        #expect(WaveRecording(Self.wave(length: 4))?.samples == [1, -2])
        #expect(WaveRecording(Self.wave(length: 3))?.samples == [1])
        #expect(WaveRecording(Self.wave(samples: []))?.samples == [])
        #expect(WaveRecording(Self.wave(before: Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0]))?.samples.count == 4)
    }

    @Test("What is not 16-bit mono PCM is refused")
    func refused() {
        #expect(WaveRecording(Self.wave(channels: 2)) == nil)
        #expect(WaveRecording(Self.wave(bits: 8)) == nil)
        #expect(WaveRecording(Self.wave(rate: 0)) == nil)
        #expect(WaveRecording(Self.wave(rate: 0x7FFF_FFFF)) == nil)
        #expect(WaveRecording([]) == nil)
    }

    @Test("Every length and every changed byte is read or refused, never a trap")
    func sweep() {
        let wave = Self.wave()
        for length in 0...wave.count { _ = WaveRecording(Array(wave.prefix(length))) }
        var mutated = wave
        var read = 0
        for place in wave.indices {
            for value in UInt8.min...UInt8.max {
                mutated[place] = value
                if let recording = WaveRecording(mutated) {
                    read += 1
                    #expect(recording.samples.count <= 4)
                }
            }
            mutated[place] = wave[place]
        }
        #expect(read > 1_000)
    }
}
