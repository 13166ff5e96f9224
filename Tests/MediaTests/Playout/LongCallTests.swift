import LibOpus
import Media
import Testing
import VirtualNetwork

/// Ten minutes over a bad network: ±40 ms jitter, 2 % reordered, 5 % lost, the sender's clock 200 ppm off.
@Suite("Ten minutes of playout over a bad network")
struct LongCallTests {
    private func rig(drift: Int, jitterReorders: Bool = false) -> PlayoutRig {
        var rig = PlayoutRig()
        rig.conditions = Conditions(
            delay: .milliseconds(60), jitter: .milliseconds(40), jitterReorders: jitterReorders,
            loss: 0.05, reorder: 0.02, reorderDelay: .milliseconds(20)
        )
        rig.drift = drift
        rig.duration = .seconds(600)
        return rig
    }

    @Test("The delay stays bounded and does not grow", arguments: [200, -200], [false, true])
    func delay(drift: Int, jitterReorders: Bool) {
        var worst = 0.0
        var minutes = Array(repeating: (sum: 0.0, count: 0), count: 10)
        let statistics = rig(drift: drift, jitterReorders: jitterReorders).measure { pull, age in
            guard let age else { return }
            worst = max(worst, age)
            minutes[Int(pull.time / .seconds(60))].sum += age
            minutes[Int(pull.time / .seconds(60))].count += 1
        }
        let means = minutes.map { $0.sum / Double($0.count) }
        // From writing to hearing. The network alone takes 20 to 100 ms, and the buffer may add 120 to the fastest.
        #expect(worst <= 20 + 120)
        #expect(means.allSatisfy { (100...130).contains($0) }, "\(means)")
        #expect(abs(means[9] - means[1]) < 12, "\(means)")
        // 5 % were lost; hardly more is concealed.
        let concealed = Double(statistics.concealed) / (600 * 8000)
        #expect(concealed < 0.06, "\(concealed)")
        #expect(statistics.restarts == 0 && statistics.malformed == 0)
    }

    @Test("A tone in G.711 stays clean", arguments: [200, -200])
    func tone(drift: Int) {
        let tone = ToneMeter()
        let encoder = G711Encoder(.muLaw)
        let readings = rig(drift: drift).readings(of: tone, decoder: G711Decoder(.muLaw), encoder: encoder)
        expectClean(readings, worst: 20, median: 30, gain: -1...0.5)
    }

    @Test("A tone in Opus, decoded at 8 kHz with in-band FEC, stays clean", arguments: [200, -200])
    func opus(drift: Int) throws {
        let tone = ToneMeter()
        let encoder = try OpusAudioEncoder(sampleRate: 8000, bitrate: 24_000)
        try encoder.expectLoss(percent: 10)
        var rig = rig(drift: drift)
        rig.clockRate = 48_000
        let readings = rig.readings(of: tone, decoder: try OpusAudioDecoder(sampleRate: 8000), encoder: encoder)
        // Opus sends no redundancy for a steady tone, and its concealment bends and fades one: without loss it is 33 dB.
        expectClean(readings, worst: 8, median: 14, gain: -8...1)
    }

    @Test("Most of what Opus loses of a voice is recovered by its in-band FEC")
    func redundancy() throws {
        let encoder = try OpusAudioEncoder(sampleRate: 8000, bitrate: 24_000)
        try encoder.expectLoss(percent: 10)
        var rig = rig(drift: 200)
        rig.clockRate = 48_000
        rig.duration = .seconds(120)
        let statistics = rig.run(
            decoder: try OpusAudioDecoder(sampleRate: 8000),
            payload: { index in
                // Syllables: 160 ms of a buzz of 150 Hz, 80 ms of silence.
                let frame = (0..<160).map { Int16(index % 12 < 8 ? ((160 * index + $0) % 53) * 200 - 5200 : 0) }
                var payload: [UInt8] = []
                encoder.encode(frame, into: &payload)
                return payload
            }
        ) { _ in }
        // 5 % of 6000 packets are lost.
        #expect(statistics.recovered > 150)
    }

    private func expectClean(_ result: ToneReadings, worst: Double, median: Double, gain: ClosedRange<Double>) {
        // The first two seconds are for learning the jitter.
        let settled = result.seconds.dropFirst(2)
        let ratios = settled.map(\.signalToNoise).sorted()
        #expect(ratios[0] >= worst, "\(ratios[0])")
        #expect(ratios[ratios.count / 2] >= median, "\(ratios[ratios.count / 2])")
        #expect(settled.allSatisfy { gain.contains($0.gain) })
    }
}
