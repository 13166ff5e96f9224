import Bridge
import Media
import OpenSSLDTLS
import Testing
import VirtualBrowser
import VirtualNetwork

/// Ten minutes of an echo call over a bad network: ±40 ms jitter, 2 % reordered, 5 % lost, the browser's clock 200 ppm off.
@Suite("Ten minutes of echo through the whole room")
struct LongEchoTests {
    private static let weather = Conditions(
        delay: .milliseconds(60), jitter: .milliseconds(40), loss: 0.05, reorder: 0.02, reorderDelay: .milliseconds(20))
    private static let minutes = 10

    @Test("The delay that the room and the way to it add stays bounded and does not grow", arguments: [200, -200])
    func delay(drift: Int) throws {
        let rig = RoomRig(toolbox: PlainToolbox(isLinear: true))
        let visitor = rig.connect(1)
        visitor.clock = VirtualClock(drift: drift)
        rig.setWeather(Self.weather, toBrowsers: false)
        rig.perform(Sample.dial())

        // Each sample says at which millisecond it was spoken, modulo 16 s.
        let began = rig.now
        visitor.speak(from: began) { index in LinearEncoder.payload((0..<160).map { Int16((20 * index + $0 / 8) % 16_000 + 1) }) }
        var worst = 0.0
        var means = Array(repeating: (sum: 0.0, count: 0), count: Self.minutes)
        var packets = 0
        visitor.browser.hears = { packet in
            packets += 1
            let samples = LinearDecoder.samples(of: packet.payload)
            guard let first = samples.first, first > 0, samples.allSatisfy({ abs(Int($0) - Int(first)) < 60 && $0 > 0 }) else { return }
            // The browser's own clock wrote the mark.
            let spoken = (visitor.clock.reading(at: packet.time) - visitor.clock.reading(at: began)) / .milliseconds(1)
            let age = (spoken - Double(first - 1)).truncatingRemainder(dividingBy: 16_000)
            guard age >= 0 else { return }
            worst = max(worst, age)
            let minute = min(Int((packet.time - began) / .seconds(60)), Self.minutes - 1)
            means[minute].sum += age
            means[minute].count += 1
        }
        rig.run(for: .seconds(60 * Self.minutes))

        let averages = means.map { $0.sum / Double(max($0.count, 1)) }
        // One packet every 20 ms by the room's clock, whatever was lost on the way to it.
        #expect(abs(packets - 50 * 60 * Self.minutes) <= 3)
        #expect(means.allSatisfy { $0.count > 2_000 }, "\(means.map(\.count))")
        // From the microphone to the return of the echo: 20–100 ms of network, at most 120 ms of playout, and the phase of the frames.
        #expect(worst <= 20 + 120 + 20, "\(worst)")
        #expect(averages.allSatisfy { (100...150).contains($0) }, "\(averages)")
        #expect(abs(averages[Self.minutes - 1] - averages[1]) < 12, "\(averages)")
    }

    @Test("The tone stays clean through DTLS-SRTP, Opus, the mixer and G.711", arguments: [200, -200])
    func tone(drift: Int) throws {
        let tone = Goertzel(frequency: 440)
        let rig = RoomRig(toolbox: NativeToolbox(certificate: try DTLSCertificate()))
        let visitor = rig.connect(1, browser: try EchoCallTests.nativeBrowser(1))
        visitor.clock = VirtualClock(drift: drift)
        rig.setWeather(Self.weather, toBrowsers: false)
        rig.perform(Sample.dial())
        visitor.speak(from: rig.now, try EchoCallTests.opusTone())
        // 50 ms hold 22 whole periods; concealment and drift correction turn the phase between them, which is not noise.
        let block = 400
        var samples: [Int16] = []
        var shares: [Double] = []
        var quietest = 1.0
        visitor.browser.hears = { packet in
            samples += packet.payload.map { G711.muLaw.decode($0) }
            guard samples.count >= 8_000 else { return }
            for start in stride(from: 0, to: 8_000, by: block) { shares.append(tone.share(in: Array(samples[start..<start + block]))) }
            if shares.count > 40 { quietest = min(quietest, tone.gain(of: samples)) }
            samples.removeAll(keepingCapacity: true)
        }
        rig.run(for: .seconds(60 * Self.minutes))

        let settled = shares.dropFirst(40).sorted()
        #expect(settled.count >= 20 * (60 * Self.minutes - 4))
        // Opus conceals a loss and needs a few frames to find back; in the middle the tone is 13 dB over everything else.
        #expect(settled[settled.count / 2] > 0.94, "\(settled[settled.count / 2])")
        #expect(settled[settled.count / 10] > 0.55, "\(settled[settled.count / 10])")
        #expect(quietest > 0.8, "\(quietest)")
    }
}
