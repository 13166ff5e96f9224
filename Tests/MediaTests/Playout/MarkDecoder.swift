import Media

/// A codec for measuring: each sample of its audio says at which millisecond it was written.
///
/// A payload is the number of its first millisecond (4 bytes) and its length in milliseconds (1 byte).
final class MarkDecoder: AudioDecoder {
    /// The marks count the milliseconds modulo this, from 1: zero is silence.
    static let cycle = 16_000
    /// What concealed audio holds.
    static let concealed: Int16 = -32_000

    let sampleRate: Int
    /// Whether a payload holds the one before it, too.
    var hasRedundancy = false
    private(set) var decoded = 0

    init(sampleRate: Int = 8000) {
        self.sampleRate = sampleRate
    }

    static func payload(index: Int, milliseconds: Int) -> [UInt8] {
        let first = index * milliseconds
        return [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: first >> $0) } + [UInt8(milliseconds)]
    }

    func decode(_ payload: Span<UInt8>, into samples: inout [Int16]) -> Int {
        guard let count = duration(of: payload) else { return 0 }
        decoded += 1
        append(first: number(payload), count: count, to: &samples)
        return count
    }

    func recover(count: Int, from next: Span<UInt8>, into samples: inout [Int16]) -> Bool {
        guard hasRedundancy, duration(of: next) != nil else { return false }
        append(first: number(next) - count * 1000 / sampleRate, count: count, to: &samples)
        return true
    }

    func conceal(count: Int, into samples: inout [Int16]) {
        for _ in 0..<count { samples.append(Self.concealed) }
    }

    func duration(of payload: Span<UInt8>) -> Int? {
        payload.count == 5 && payload[4] > 0 ? Int(payload[4]) * sampleRate / 1000 : nil
    }

    private func number(_ payload: Span<UInt8>) -> Int {
        (0..<4).reduce(0) { $0 | Int(payload[$1]) << (8 * $1) }
    }

    private func append(first: Int, count: Int, to samples: inout [Int16]) {
        for index in 0..<count {
            samples.append(Int16(((first + index * 1000 / sampleRate) % Self.cycle + Self.cycle) % Self.cycle + 1))
        }
    }

    /// How long ago the audio at the beginning of a frame was written, in milliseconds; `nil` if it is not a clear mark.
    static func age(of samples: [Int16], at now: Duration) -> Double? {
        guard samples.count >= 8, samples.allSatisfy({ $0 > 0 }), let first = samples.first,
            samples.allSatisfy({ abs(Int($0) - Int(first)) < 60 })
        else { return nil }
        let elapsed = now.milliseconds - Double(first - 1)
        let age = elapsed - (elapsed / Double(cycle)).rounded(.down) * Double(cycle)
        return age > Double(cycle) / 2 ? age - Double(cycle) : age
    }
}
