import Glibc

/// A sine, and how much of one there is in samples (Goertzel's filter).
public struct Goertzel: Sendable {
    public var frequency: Double
    public var sampleRate = 8_000.0
    public var amplitude = 8_000.0

    public init(frequency: Double, amplitude: Double = 8_000) {
        self.frequency = frequency
        self.amplitude = amplitude
    }

    /// The 160 samples of one frame of 20 ms.
    public func frame(_ index: Int) -> [Int16] {
        (0..<160).map { Int16(amplitude * sin(2 * .pi * frequency * Double(160 * index + $0) / sampleRate)) }
    }

    /// The part of the samples' energy, 0 to 1, that lies at `frequency`.
    public func share(in samples: [Int16]) -> Double {
        let coefficient = 2 * cos(2 * .pi * frequency / sampleRate)
        var last = 0.0
        var previous = 0.0
        var energy = 0.0
        for sample in samples {
            (previous, last) = (last, Double(sample) + coefficient * last - previous)
            energy += Double(sample) * Double(sample)
        }
        guard energy > 0 else { return 0 }
        let power = last * last + previous * previous - coefficient * last * previous
        return 2 * power / (energy * Double(samples.count))
    }

    /// Root mean square of the samples over that of the tone as it is sent.
    public func gain(of samples: [Int16]) -> Double {
        guard !samples.isEmpty else { return 0 }
        let square = samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(samples.count)
        return sqrt(square) / (amplitude / sqrt(2))
    }
}
