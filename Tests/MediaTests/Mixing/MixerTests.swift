import Media
import Testing
import VirtualNetwork

@Suite("Mixing")
struct MixerTests {
    private func mix(_ frames: [[Int16]], without own: Int? = nil, length: Int = 160) -> [Int16] {
        var mixer = Mixer(frameLength: length)
        mixer.begin()
        for frame in frames { mixer.add(frame) }
        var output: [Int16] = []
        mixer.mix(without: own.map { frames[$0] }, into: &output)
        return output
    }

    @Test("Each hears the sum of all others and not itself")
    func mixMinus() {
        let frames: [[Int16]] = [100, 2000, -300].map { Array(repeating: $0, count: 160) }
        #expect(mix(frames, without: 0) == Array(repeating: 1700, count: 160))
        #expect(mix(frames, without: 1) == Array(repeating: -200, count: 160))
        #expect(mix(frames, without: 2) == Array(repeating: 2100, count: 160))
        #expect(mix(frames) == Array(repeating: 1800, count: 160))
    }

    @Test("One speaker is passed on bit by bit, also at full scale")
    func alone() {
        let loud: [Int16] = (0..<160).map { $0 % 2 == 0 ? .max : .min }
        let other: [Int16] = Array(repeating: 30_000, count: 160)
        #expect(mix([loud]) == loud)
        #expect(mix([loud, other], without: 1) == loud)
        #expect(mix([other], without: 0) == Array(repeating: 0, count: 160))
    }

    @Test("A mix that is too loud bends and never wraps", arguments: [2, 3, 50, 1000])
    func loud(speakers: Int) {
        let high = mix(Array(repeating: Array(repeating: .max, count: 160), count: speakers))
        let low = mix(Array(repeating: Array(repeating: .min, count: 160), count: speakers))
        #expect(high.allSatisfy { $0 > 28_000 })
        #expect(low.allSatisfy { $0 < -28_000 })
    }

    @Test("The limiter is odd, rises everywhere and leaves what is below its knee as it is")
    func limiter() {
        var last: Int16 = -1
        for sample in stride(from: Int32(0), through: 40_000_000, by: 997) {
            let limited = SoftLimiter.limit(sample)
            #expect(limited >= last && SoftLimiter.limit(-sample) == -limited)
            if sample <= SoftLimiter.knee { #expect(Int32(limited) == sample) }
            last = limited
        }
        #expect(SoftLimiter.limit(.max) > 0 && SoftLimiter.limit(.min) < 0)
    }

    @Test("Frames of a wrong length are padded with silence or cut")
    func lengths() {
        #expect(mix([[1, 2], [10, 20, 30, 40, 50]], length: 4) == [11, 22, 30, 40])
        #expect(mix([[1, 2], [10, 20, 30, 40, 50]], without: 0, length: 4) == [10, 20, 30, 40])
        #expect(mix([], length: 3) == [0, 0, 0])
        #expect(mix([[5]], length: 0) == [])
    }

    @Test("The vector sum equals the plain sum for random frames")
    func random() {
        var generator = SeededGenerator(seed: 11)
        for length in [1, 7, 80, 160, 320, 333] {
            let frames = (0..<5).map { _ in (0..<length).map { _ in Int16.random(in: -4000...4000, using: &generator) } }
            for own in 0..<5 {
                let expected = (0..<length).map { index in
                    Int16((0..<5).filter { $0 != own }.reduce(0) { $0 + Int(frames[$1][index]) })
                }
                #expect(mix(frames, without: own, length: length) == expected)
            }
        }
    }

    @Test(
        "The level of samples is their root mean square below overload",
        arguments: [
            (32_767, 0), (16_384, 6), (3277, 20), (328, 40), (33, 60), (1, 90), (0, 127),
        ])
    func level(amplitude: Int, expected: Int) {
        let square = (0..<160).map { Int16($0 % 2 == 0 ? amplitude : -amplitude) }
        #expect(AudioLevel(of: square) == AudioLevel(decibelsBelowOverload: UInt8(expected)))
        #expect(AudioLevel(of: []) == .silence)
        #expect(AudioLevel(decibelsBelowOverload: 10) > AudioLevel(decibelsBelowOverload: 30))
    }
}
