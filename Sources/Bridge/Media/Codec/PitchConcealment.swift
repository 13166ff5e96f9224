/// Fills gaps in decoded audio by repeating the last pitch period, which fades away (the idea of
/// ITU-T G.711, Appendix I, without its delay).
public struct PitchConcealment: Sendable {
    /// The newest samples that were heard, oldest first.
    private var history: [Int16]
    /// The period that is being repeated; empty unless a gap is open.
    private var period: [Int16] = []
    private var position = 0
    /// Samples made since the gap began.
    private var made = 0

    private let shortestLag: Int
    private let longestLag: Int
    private let window: Int
    private let blend: Int
    private let fadeStart: Int
    private let fadeEnd: Int

    public init(sampleRate: Int) {
        let millisecond = sampleRate / 1000
        shortestLag = 5 * millisecond
        longestLag = 15 * millisecond
        window = 20 * millisecond
        blend = 5 * millisecond
        fadeStart = 10 * millisecond
        fadeEnd = 60 * millisecond
        history = Array(repeating: 0, count: longestLag + window)
        period.reserveCapacity(longestLag)
    }

    /// Notes samples that were really received; after a gap, their beginning (5 ms) is cross-faded with the repetition.
    public mutating func received(_ samples: inout [Int16], from start: Int) {
        guard start < samples.count else { return }
        if !period.isEmpty {
            let length = min(blend, samples.count - start)
            for offset in 0..<length {
                let made = Int32(nextMade())
                let real = Int32(samples[start + offset])
                let weight = Int32(offset + 1)
                let mixed = (real * weight + made * (Int32(length + 1) - weight)) / Int32(length + 1)
                samples[start + offset] = Int16(truncatingIfNeeded: mixed)
            }
            period.removeAll(keepingCapacity: true)
        }
        remember(samples, from: start)
    }

    /// Appends `count` made-up samples.
    public mutating func conceal(count: Int, into samples: inout [Int16]) {
        guard count > 0 else { return }
        if period.isEmpty {
            openGap()
        }
        let start = samples.count
        samples.reserveCapacity(start + count)
        for _ in 0..<count {
            samples.append(nextMade())
        }
        remember(samples, from: start)
    }

    private mutating func openGap() {
        let end = history.count
        var best = (lag: shortestLag, similarity: -Float.infinity)
        for lag in shortestLag...longestLag {
            let similarity = history.similarity(at: end - window, and: end - window - lag, count: window)
            if similarity > best.similarity {
                best = (lag, similarity)
            }
        }
        let lag = best.lag
        period.append(contentsOf: history[(end - lag)...])
        // The end of the period turns into what came before its beginning, so that repeating it makes no step.
        let overlap = lag / 4
        for offset in 0..<overlap {
            let weight = Int32(offset + 1)
            let before = Int32(history[end - lag - overlap + offset])
            let own = Int32(period[lag - overlap + offset])
            let mixed = (before * weight + own * (Int32(overlap + 1) - weight)) / Int32(overlap + 1)
            period[lag - overlap + offset] = Int16(truncatingIfNeeded: mixed)
        }
        position = 0
        made = 0
    }

    private mutating func nextMade() -> Int16 {
        guard made < fadeEnd else { return 0 }
        let sample = Int32(period[position])
        position = position + 1 == period.count ? 0 : position + 1
        let left = Int32(min(fadeEnd - made, fadeEnd - fadeStart))
        made += 1
        return Int16(truncatingIfNeeded: sample * left / Int32(fadeEnd - fadeStart))
    }

    private mutating func remember(_ samples: [Int16], from start: Int) {
        let count = min(samples.count - start, history.count)
        let kept = history.count - count
        for index in 0..<kept {
            history[index] = history[index + count]
        }
        for index in 0..<count {
            history[kept + index] = samples[samples.count - count + index]
        }
    }
}
