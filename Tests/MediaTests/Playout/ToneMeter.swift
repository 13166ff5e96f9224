import Foundation

/// A sine, and how cleanly one arrives.
struct ToneMeter {
    var frequency = 440.0
    var sampleRate = 8000
    var amplitude = 10_000.0

    /// `count` samples of the tone from sample number `start` on.
    func samples(from start: Int, count: Int) -> [Int16] {
        (start..<(start + count)).map {
            Int16((amplitude * sin(2 * .pi * frequency * Double($0) / Double(sampleRate))).rounded())
        }
    }

    /// What a stretch of audio holds of the tone.
    struct Reading {
        /// The tone's power over all else, in dB: a sine of free amplitude and phase is fitted to each 20 ms.
        let signalToNoise: Double
        /// The audio's power over that of the tone as it was sent, in dB.
        let gain: Double
    }

    func read(_ samples: [Int16]) -> Reading {
        let block = sampleRate / 50
        var tone = 0.0
        var total = 0.0
        for start in stride(from: 0, to: samples.count - block + 1, by: block) {
            // 20 ms hold no whole number of periods, so sine and cosine are not orthogonal: solve the 2×2 normal equations.
            var ss = 0.0, cc = 0.0, sc = 0.0, xs = 0.0, xc = 0.0
            for index in 0..<block {
                let angle = 2 * Double.pi * frequency * Double(index) / Double(sampleRate)
                let (s, c, x) = (sin(angle), cos(angle), Double(samples[start + index]))
                ss += s * s
                cc += c * c
                sc += s * c
                xs += x * s
                xc += x * c
                total += x * x
            }
            let determinant = ss * cc - sc * sc
            let a = (xs * cc - xc * sc) / determinant
            let b = (xc * ss - xs * sc) / determinant
            tone += a * xs + b * xc
        }
        let noise = max(total - tone, 1e-9)
        let sent = Double(samples.count) * amplitude * amplitude / 2
        return Reading(signalToNoise: 10 * log10(max(tone, 1e-9) / noise), gain: 10 * log10(max(total, 1e-9) / sent))
    }
}
