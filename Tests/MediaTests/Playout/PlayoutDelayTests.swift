import Media
import Testing
import VirtualNetwork

@Suite("The delay of playout")
struct PlayoutDelayTests {
    @Test("Without jitter a packet is played in the first pull after its arrival", arguments: 0..<20)
    func loopback(phase: Int) {
        var rig = PlayoutRig()
        rig.phase = .milliseconds(phase)
        rig.duration = .seconds(20)
        var first: Double?
        var missing = 0
        var worst = 0.0
        let statistics = rig.measure { pull, age in
            if first == nil { first = age }
            if pull.kind != .voice { missing += 1 }
            if pull.time > .seconds(2) { worst = max(worst, age ?? 0) }
        }
        #expect(first == Double(phase))
        // A pull at the very moment of the arrivals is too near to them: a frame of reserve is taken.
        #expect(worst == Double(phase == 0 ? 20 : phase))
        #expect(missing == 0 && statistics.late == 0 && statistics.removed == 0)
    }

    @Test("Drift alone costs no audio, and little more than a frame of delay", arguments: [(200, 23.0), (-200, 23), (1000, 30), (-1000, 30)])
    func drift(partsPerMillion: Int, bound: Double) {
        var rig = PlayoutRig()
        rig.drift = partsPerMillion
        rig.duration = .seconds(600)
        var worst = 0.0
        let statistics = rig.measure { pull, age in worst = max(worst, age ?? 0) }
        #expect(worst <= bound, "\(worst)")
        #expect(statistics.concealed == 0 && statistics.late == 0, "\(statistics)")
        // What the clocks differ by, and not much more.
        let drifted = 600 * 8 * abs(partsPerMillion) / 1000
        let moved = partsPerMillion > 0 ? statistics.removed - statistics.inserted : statistics.inserted - statistics.removed
        #expect(abs(moved - drifted) <= 320, "\(moved) \(drifted)")
        #expect(statistics.removed + statistics.inserted <= drifted + 640, "\(statistics)")
    }

    @Test("A tone under drift keeps the quality of its codec", arguments: [200, -200], [G711.muLaw, .aLaw])
    func tone(drift: Int, law: G711) {
        var rig = PlayoutRig()
        rig.drift = drift
        rig.duration = .seconds(300)
        let result = rig.readings(of: ToneMeter(), decoder: G711Decoder(law), encoder: G711Encoder(law))
        let ratios = result.seconds.dropFirst().map(\.signalToNoise).sorted()
        // Almost all seconds are as clean as the codec; those with a correction are the exception.
        #expect(ratios[0] > 28 && ratios[10] > 36, "\(ratios.prefix(11))")
    }

    @Test("The delay is corrected in silence if there is any", arguments: [200, -200])
    func silence(drift: Int) {
        var rig = PlayoutRig()
        rig.drift = drift
        rig.duration = .seconds(300)
        // 2 s of tone, 2 s of silence.
        let result = rig.readings(of: ToneMeter(), decoder: G711Decoder(.muLaw), encoder: G711Encoder(.muLaw)) { $0 % 200 < 100 }
        #expect(result.statistics.removed + result.statistics.inserted > 0)
        #expect(result.statistics.concealed == 0)
    }

    @Test("Packets of any duration are played as they come", arguments: [5, 10, 20, 30, 40, 60, 80, 120], [8000, 16_000])
    func packetDurations(milliseconds: Int, sampleRate: Int) {
        var rig = PlayoutRig()
        rig.packetMilliseconds = milliseconds
        rig.drift = 100
        var worst = 0.0
        var concealed = 0
        var wrong = 0
        rig.measure(decoder: MarkDecoder(sampleRate: sampleRate)) { pull, age in
            if pull.samples.count != sampleRate / 50 { wrong += 1 }
            worst = max(worst, age ?? 0)
            if pull.time > .seconds(1), pull.kind != .voice { concealed += 1 }
        }
        #expect(worst <= 42, "\(worst)")
        #expect(concealed == 0 && wrong == 0)
    }

    @Test("Other clock rates than the decoder's make no difference", arguments: [48_000, 16_000, 8000])
    func clockRates(clockRate: Int) {
        var rig = PlayoutRig()
        rig.clockRate = clockRate
        var wrong = 0
        rig.measure(decoder: MarkDecoder(sampleRate: 16_000)) { pull, age in
            if pull.kind != .voice || age ?? 7 != 7 { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test("Jitter lengthens the delay by what it needs, and calm shortens it again")
    func adaptation() {
        var rig = PlayoutRig()
        rig.weather = [
            (.seconds(10), Conditions(delay: .milliseconds(30), jitter: .milliseconds(30))),
            (.seconds(40), .perfect),
        ]
        rig.duration = .seconds(70)
        var calm = 0.0, rough = 0.0, calmAgain = 0.0
        rig.measure { pull, age in
            switch pull.time / .seconds(1) {
            case ..<10: calm = max(calm, age ?? 0)
            case 15..<40: rough = max(rough, age ?? 0)
            case 55...: calmAgain = max(calmAgain, age ?? 0)
            default: break
            }
        }
        #expect(calm == 7)
        #expect((60...86).contains(rough), "\(rough)")
        #expect(calmAgain <= 22, "\(calmAgain)")
    }

    @Test("A path that becomes longer or shorter for good is followed", arguments: [60, 150, 400, 2000])
    func pathChange(milliseconds: Int) {
        var rig = PlayoutRig()
        rig.weather = [
            (.seconds(10), Conditions(delay: .milliseconds(milliseconds))),
            (.seconds(40), .perfect),
        ]
        rig.duration = .seconds(70)
        var voices = 0
        var longest = 0.0, shortest = 0.0
        rig.measure { pull, age in
            switch pull.time / .seconds(1) {
            case 14..<40:
                longest = max(longest, age ?? 0)
                voices += pull.kind == .voice ? 1 : 0
            case 55...: shortest = max(shortest, age ?? 0)
            default: break
            }
        }
        #expect(longest <= Double(milliseconds) + 22, "\(longest)")
        #expect(voices == 1300, "\(voices)")
        #expect(shortest <= 22, "\(shortest)")
    }
}
