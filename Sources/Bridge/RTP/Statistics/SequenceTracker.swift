/// What a packet's sequence number says about it.
public enum SequenceVerdict: Equatable, Sendable {
    /// Too few packets in a row yet to believe in the source; not counted.
    case probation
    /// Newer than all before; `skipped` packets before it are missing so far.
    case newest(skipped: Int)
    /// A duplicate, or late; counted, as RFC 3550 has it.
    case late
    /// Far away from all before; not counted, unless the next one follows it.
    case stray
    /// The second packet in a row of a new sequence: the source has started anew, counting begins again.
    case restarted
}

/// Validates and extends the sequence numbers of one source (RFC 3550 appendix A.1).
struct SequenceTracker: Sendable {
    private static let largestDropout: UInt16 = 3000
    private static let largestMisorder = 100

    private let minimumRun: Int
    private var run = 0
    private var base: UInt16 = 0
    private var highest: UInt16 = 0
    private var cycles: Int64 = 0
    private var afterStray: UInt16?
    /// Packets counted since the base.
    private(set) var received: Int64 = 0

    /// - Parameter minimumRun: how many packets in a row make a source believable.
    init(minimumRun: Int) {
        self.minimumRun = minimumRun
    }

    var isValid: Bool { run >= minimumRun && run > 0 }
    var extendedHighest: Int64 { cycles &+ Int64(highest) }
    /// Packets that should have come since the base.
    var expected: Int64 { isValid ? extendedHighest &- Int64(base) &+ 1 : 0 }

    mutating func receive(_ sequence: UInt16) -> SequenceVerdict {
        guard isValid else { return receiveOnProbation(sequence) }
        let step = sequence &- highest
        if step == 0 {
            received &+= 1
            return .late
        }
        if step < Self.largestDropout {
            if sequence < highest { cycles &+= 65536 }
            highest = sequence
            received &+= 1
            return .newest(skipped: Int(step) - 1)
        }
        guard Int(step) <= 65536 - Self.largestMisorder else {
            received &+= 1
            return .late
        }
        if sequence == afterStray {
            start(at: sequence)
            return .restarted
        }
        afterStray = sequence &+ 1
        return .stray
    }

    private mutating func receiveOnProbation(_ sequence: UInt16) -> SequenceVerdict {
        run = run > 0 && sequence == highest &+ 1 ? run + 1 : 1
        highest = sequence
        guard isValid else { return .probation }
        start(at: sequence)
        return .newest(skipped: 0)
    }

    private mutating func start(at sequence: UInt16) {
        base = sequence
        highest = sequence
        cycles = 0
        afterStray = nil
        received = 1
    }
}
