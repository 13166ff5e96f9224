/// Shortens or lengthens audio by a stretch after which its waveform repeats itself, so that pitch and
/// phase go on (the idea of WSOLA: waveform-similarity overlap-add).
struct TimeStretch {
    /// The lengths that may be removed or inserted at once, in samples (2.5–15 ms: the pitch of voices and multiples).
    let shortest: Int
    let longest: Int
    /// The cross-fade at the seam (5 ms).
    let overlap: Int

    init(sampleRate: Int) {
        shortest = sampleRate / 400
        longest = sampleRate * 15 / 1000
        overlap = sampleRate / 200
    }

    /// The length after which the beginning of `samples` repeats itself best.
    /// - Parameters:
    ///   - limit: the longest length that is of use.
    ///   - likeness: the least similarity (−1…1) that will do.
    func period(of samples: [Int16], limit: Int, likeness: Float) -> Int? {
        let last = min(longest, limit, samples.count - overlap)
        guard shortest <= last else { return nil }
        var best = (length: 0, similarity: likeness)
        // Several periods at once are as good as one, and make fewer seams: from the longest down, only what is clearly better counts.
        for length in stride(from: last, through: shortest, by: -1) {
            let similarity = samples.similarity(at: 0, and: length, count: overlap)
            if similarity > best.similarity + (best.length == 0 ? 0 : 0.001) {
                best = (length, similarity)
            }
        }
        return best.length > 0 ? best.length : nil
    }

    /// Cuts the first `length` samples out; needs `length + overlap` samples.
    func remove(_ length: Int, from samples: inout [Int16]) {
        guard length > 0, length + overlap <= samples.count else { return }
        for offset in 0..<overlap {
            samples[length + offset] = fade(samples[offset], samples[length + offset], at: offset)
        }
        samples.removeFirst(length)
    }

    /// Plays the first `length` samples twice; needs `length + overlap` samples.
    func insert(_ length: Int, into samples: inout [Int16]) {
        guard length > 0, length + overlap <= samples.count else { return }
        let count = samples.count
        // Make room behind, then move all that follows the seam: no array is made on the way.
        for _ in 0..<length {
            samples.append(0)
        }
        var index = count - 1
        while index >= 0 {
            samples[index + length] = samples[index]
            index -= 1
        }
        // Now the copy of sample n is at n + length. The first copy ends in its own continuation, which fades into the second.
        for offset in 0..<overlap {
            let continuation = samples[2 * length + offset]
            samples[length + offset] = fade(continuation, samples[length + offset], at: offset)
        }
    }

    /// Cross-fades from `old` to `new`.
    private func fade(_ old: Int16, _ new: Int16, at offset: Int) -> Int16 {
        let weight = Int32(offset + 1)
        let whole = Int32(overlap + 1)
        return Int16(truncatingIfNeeded: (Int32(old) * (whole - weight) + Int32(new) * weight) / whole)
    }
}
