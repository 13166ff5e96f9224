import Glibc

/// A sine, and how much of one there is in samples (Goertzel's filter).
enum Tone {
    static func samples(_ frequency: Double, rate: Int, count: Int, from start: Int = 0, amplitude: Double = 12_000) -> [Int16] {
        (0..<count).map { Int16(amplitude * sin(2 * .pi * frequency * Double(start + $0) / Double(rate))) }
    }

    /// The part of the samples' energy, 0 to 1, that lies at `frequency`.
    static func share(_ frequency: Double, in samples: some Collection<Int16>, rate: Int) -> Double {
        let coefficient = 2 * cos(2 * .pi * frequency / Double(rate))
        var last = 0.0
        var previous = 0.0
        var energy = 0.0
        for sample in samples {
            let next = Double(sample) + coefficient * last - previous
            previous = last
            last = next
            energy += Double(sample) * Double(sample)
        }
        guard energy > 0 else { return 0 }
        let power = last * last + previous * previous - coefficient * last * previous
        return 2 * power / (energy * Double(samples.count))
    }

    static func rootMeanSquare(_ samples: some Collection<Int16>) -> Double {
        guard !samples.isEmpty else { return 0 }
        return sqrt(samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count))
    }
}
