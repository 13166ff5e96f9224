import Media

/// Finds where bursts begin in µ-law samples: the first sample above a quarter of full scale after silence.
enum OnsetDetector {
    private static let threshold: Int32 = 6_000
    /// Samples below the threshold that make a silence: 100 ms.
    private static let silence = 800

    /// Whether a sample is above the threshold.
    static func isLoud(_ code: UInt8) -> Bool { abs(Int32(G711.muLaw.decode(code))) >= threshold }

    /// Offsets of the first samples, in order. A burst within the first 100 ms is not counted: it may have begun before.
    static func onsets(in codes: [UInt8]) -> [Int] {
        var found: [Int] = []
        var lastLoud = 0
        for (index, code) in codes.enumerated() where isLoud(code) {
            if index - lastLoud > silence { found.append(index) }
            lastLoud = index
        }
        return found
    }
}
