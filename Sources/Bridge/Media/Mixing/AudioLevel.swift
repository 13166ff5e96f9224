/// The loudness of audio as RFC 6464 counts it: −dBov, 0 (the loudest that 16 bits hold) to 127 (silence).
public struct AudioLevel: Comparable, Hashable, Sendable {
    /// Decibels below overload, 0…127.
    public let decibelsBelowOverload: UInt8

    /// Values above 127 count as 127.
    public init(decibelsBelowOverload: UInt8) {
        self.decibelsBelowOverload = min(decibelsBelowOverload, 127)
    }

    public static let silence = AudioLevel(decibelsBelowOverload: 127)

    /// The level of these samples (root mean square); silence if there are none.
    public init(of samples: [Int16]) {
        self.init(meanSquare: Int64(samples.meanSquare(from: 0, count: samples.count)))
    }

    /// The level of samples whose squares have this mean.
    public init(meanSquare: Int64) {
        // The first level whose lower border is reached; a table, since a logarithm is no more exact and needs libm.
        var low = 0
        var high = 127
        while low < high {
            let middle = (low + high) / 2
            if Double(meanSquare) >= Self.lowerBorders[middle] {
                high = middle
            } else {
                low = middle + 1
            }
        }
        self.init(decibelsBelowOverload: UInt8(low))
    }

    /// Louder is greater.
    public static func < (one: AudioLevel, other: AudioLevel) -> Bool {
        one.decibelsBelowOverload > other.decibelsBelowOverload
    }

    /// The least mean square of each level: half a decibel below it.
    private static let lowerBorders: [Double] = {
        let decibel = 0.794328234724281502  // 10^(−1/10)
        let halfDecibel = 0.891250938133745528
        var border = 32768.0 * 32768.0 * halfDecibel
        return (0..<127).map { _ in
            defer { border *= decibel }
            return border
        }
    }()
}
