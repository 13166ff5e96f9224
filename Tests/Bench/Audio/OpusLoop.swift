import Foundation
import LibOpus
import Media
import RTP

/// Audio that was encoded beforehand, to be sent over and over: the generator encodes nothing while it measures.
struct OpusLoop: Sendable {
    struct Frame: Sendable {
        var payload: [UInt8]
        var level: RTP.AudioLevel
    }

    /// 20 ms each.
    let frames: [Frame]
    /// Whether each packet says which it is (`NumberedOpus`).
    var isNumbered = false

    private static let rate = 48_000
    private static let frameLength = rate / 50

    private init(frames: some Sequence<Frame>) { self.frames = Array(frames) }

    /// Encodes as a browser does: 48 kHz, voice, 32 kbit/s, in-band redundancy negotiated and without loss not used.
    init(_ samples: [Int16]) throws {
        let encoder = try OpusAudioEncoder(sampleRate: Self.rate, application: .voice, bitrate: 32_000, complexity: 9)
        frames = stride(from: 0, to: samples.count - Self.frameLength + 1, by: Self.frameLength).map { start in
            let frame = Array(samples[start..<start + Self.frameLength])
            var payload: [UInt8] = []
            encoder.encode(frame, into: &payload)
            let level = RTP.AudioLevel(attenuation: Media.AudioLevel(of: frame).decibelsBelowOverload, isVoice: true)
            return Frame(payload: payload, level: level)
        }
    }

    /// Something with the measures of speech: syllables of a gliding voice with overtones and breath, and pauses.
    static func speech(seconds: Int) throws -> OpusLoop {
        var noise = Noise(seed: 1)
        var phase = 0.0
        return try OpusLoop(
            (0..<seconds * rate).map { index in
                let time = Double(index) / Double(rate)
                let pitch = 120 + 30 * sin(2 * .pi * 0.7 * time)
                phase += 2 * .pi * pitch / Double(rate)
                let voice = (1...20).reduce(0.0) { $0 + sin(Double($1) * phase) / Double($1) }
                let syllable = 0.15 + 0.85 * max(0, sin(2 * .pi * 2.5 * time))
                let isPause = time.truncatingRemainder(dividingBy: 5) > 4
                return isPause ? Int16(20 * noise.next()) : Int16(syllable * (4_000 * voice + 1_000 * noise.next()) + 20 * noise.next())
            })
    }

    /// One second of a microphone that is switched off: nothing at all, and a packet for it every 20 ms as long as DTX is off.
    static func quiet() throws -> OpusLoop {
        // An encoder needs some frames before silence costs next to nothing.
        OpusLoop(frames: try OpusLoop([Int16](repeating: 0, count: 2 * rate)).frames.suffix(50))
    }

    /// One second of 1 kHz: whoever hears it begins to hear it at once.
    static func tone() throws -> OpusLoop {
        try OpusLoop((0..<rate).map { Int16(12_000 * sin(2 * .pi * 1_000 * Double($0) / Double(rate))) })
    }

    /// 20 bursts of 1 kHz in 10 s, each 60 ms long, with silence between them: marks whose beginning can be found again.
    static func marks() throws -> OpusLoop {
        try OpusLoop(
            (0..<10 * rate).map { index in
                // Not at a frame's edge.
                let inPeriod = index % (rate / 2) - rate / 10
                guard (0..<rate * 60 / 1000).contains(inPeriod) else { return 0 }
                return Int16(12_000 * sin(2 * .pi * 1_000 * Double(inPeriod) / Double(rate)))
            })
    }

    /// What an 8 kHz decoder makes of the loop when it comes round, as µ-law: what an echo without any delay would be.
    func heardWithoutDelay() throws -> [UInt8] {
        let decoder = try OpusAudioDecoder(sampleRate: 8_000)
        var samples: [Int16] = []
        for _ in 0..<2 {
            samples.removeAll(keepingCapacity: true)
            for frame in frames { _ = decoder.decode(frame.payload.span, into: &samples) }
        }
        return samples.map { G711.muLaw.encode($0) }
    }
}

/// White noise from a seed, −1 to 1.
private struct Noise {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> Double {
        // Knuth's MMIX generator; its upper bits are good enough to hiss.
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(Int32(truncatingIfNeeded: state >> 32)) / Double(Int32.max)
    }
}
