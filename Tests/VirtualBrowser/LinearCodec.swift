import Media

/// A codec that changes nothing: 8 kHz samples, two bytes each. What was concealed is told by its value.
public final class LinearDecoder: AudioDecoder {
    /// What concealed audio holds.
    public static let concealed: Int16 = -32_000

    public let sampleRate: Int
    private let conceals: Int16
    private var repeats: Int { sampleRate / 8_000 }

    /// - Parameter conceals: the sample that stands for a lost one.
    public init(sampleRate: Int, conceals: Int16 = LinearDecoder.concealed) {
        self.sampleRate = sampleRate
        self.conceals = conceals
    }

    public func decode(_ payload: Span<UInt8>, into samples: inout [Int16]) -> Int {
        guard let count = duration(of: payload) else { return 0 }
        for index in 0..<payload.count / 2 {
            let sample = Int16(bitPattern: UInt16(payload[2 * index]) << 8 | UInt16(payload[2 * index + 1]))
            for _ in 0..<repeats { samples.append(sample) }
        }
        return count
    }

    public func recover(count: Int, from next: Span<UInt8>, into samples: inout [Int16]) -> Bool { false }

    public func conceal(count: Int, into samples: inout [Int16]) { samples.append(contentsOf: repeatElement(conceals, count: count)) }

    public func duration(of payload: Span<UInt8>) -> Int? {
        payload.isEmpty || payload.count % 2 != 0 ? nil : payload.count / 2 * repeats
    }

    /// The samples of a payload.
    public static func samples(of payload: [UInt8]) -> [Int16] {
        stride(from: 0, to: payload.count - 1, by: 2).map { Int16(bitPattern: UInt16(payload[$0]) << 8 | UInt16(payload[$0 + 1])) }
    }
}

/// The other direction of `LinearDecoder`.
public final class LinearEncoder: AudioEncoder {
    public init() {}

    public var sampleRate: Int { 8_000 }

    public func encode(_ frame: [Int16], into payload: inout [UInt8]) {
        for sample in frame {
            payload.append(UInt8(truncatingIfNeeded: sample >> 8))
            payload.append(UInt8(truncatingIfNeeded: sample))
        }
    }

    public static func payload(_ samples: [Int16]) -> [UInt8] {
        var payload: [UInt8] = []
        LinearEncoder().encode(samples, into: &payload)
        return payload
    }
}
