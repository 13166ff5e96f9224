/// Sums frames of one length and gives each listener the sum without the listener's own frame.
///
/// Arithmetic only. Use: ``begin()``, ``add(_:)`` for each speaker, ``mix(without:into:)`` for each listener.
public struct Mixer: ~Copyable {
    /// Samples per frame.
    public let frameLength: Int
    /// Frames added since ``begin()``.
    public private(set) var speakers = 0

    /// 65,536 frames of 16 bits fit into 32.
    private static let mostSpeakers = 65_536
    private var sum: [Int32]

    public init(frameLength: Int) {
        self.frameLength = max(0, frameLength)
        sum = Array(repeating: 0, count: max(0, frameLength))
    }

    /// Forgets the frames added so far.
    public mutating func begin() {
        speakers = 0
        for index in sum.indices {
            sum[index] = 0
        }
    }

    /// Adds a speaker's frame; what is missing of a short one is silence, what is too much is left out.
    public mutating func add(_ frame: [Int16]) {
        guard speakers < Self.mostSpeakers else { return }
        speakers += 1
        let length = min(frameLength, frame.count)
        sum.withUnsafeMutableBufferPointer { sum in
            frame.withUnsafeBufferPointer { frame in
                // Both lengths were taken above; without checks the compiler uses vector instructions.
                for index in 0..<length {
                    sum[index] &+= Int32(frame[index])
                }
            }
        }
    }

    /// Makes `output` the mix.
    /// - Parameter own: the frame that the listener added and must not hear; `nil` if there is none.
    public func mix(without own: [Int16]?, into output: inout [Int16]) {
        if output.count != frameLength {
            output.removeAll(keepingCapacity: true)
            output.append(contentsOf: repeatElement(0, count: frameLength))
        }
        let others = speakers - (own == nil ? 0 : 1)
        sum.withUnsafeBufferPointer { sum in
            output.withUnsafeMutableBufferPointer { output in
                guard let own else {
                    Self.limit(sum, minus: nil, heard: others, into: output)
                    return
                }
                own.withUnsafeBufferPointer { own in
                    Self.limit(sum, minus: own, heard: others, into: output)
                }
            }
        }
    }

    private static func limit(
        _ sum: UnsafeBufferPointer<Int32>, minus own: UnsafeBufferPointer<Int16>?, heard: Int,
        into output: UnsafeMutableBufferPointer<Int16>
    ) {
        let count = min(sum.count, output.count)
        let ownCount = min(own?.count ?? 0, count)
        // One speaker alone is passed on as it is, and most mixes never come near the limit.
        var loudest: Int32 = 0
        if let own {
            for index in 0..<ownCount {
                loudest = max(loudest, abs(sum[index] &- Int32(own[index])))
            }
        }
        for index in ownCount..<count {
            loudest = max(loudest, abs(sum[index]))
        }
        let mustLimit = heard > 1 && loudest > SoftLimiter.knee
        if let own {
            for index in 0..<ownCount {
                output[index] = Int16(clamping: sum[index] &- Int32(own[index]))
            }
        }
        for index in ownCount..<count {
            output[index] = Int16(clamping: sum[index])
        }
        guard mustLimit else { return }
        for index in 0..<count {
            output[index] = SoftLimiter.limit(sum[index] &- (index < ownCount ? Int32(own?[index] ?? 0) : 0))
        }
    }
}
