/// What is known about one received stream: its order, loss and jitter, and the report block that says so
/// (RFC 3550 section 6.4.1, appendices A.1, A.3 and A.8).
public struct ReceptionStatistics: Sendable {
    /// RTP timestamp units per second.
    public let clockRate: Int
    private var sequence: SequenceTracker
    private var jitterEstimator: JitterEstimator
    private var expectedAtReport: Int64 = 0
    private var receivedAtReport: Int64 = 0
    private var senderReport: (compact: UInt32, arrival: Duration)?
    /// Of the sequences that ended when the source started anew.
    private var earlier: (expected: Int64, received: Int64) = (0, 0)

    /// - Parameters:
    ///   - clockRate: RTP timestamp units per second, at least 1.
    ///   - minimumRun: packets in a row before a source is believed. 2 for a bare UDP port, where a stray packet can
    ///     come from anywhere; 1 behind SRTP, which has proved who sent it.
    public init(clockRate: Int, minimumRun: Int = 2) {
        self.clockRate = max(1, clockRate)
        sequence = SequenceTracker(minimumRun: minimumRun)
        jitterEstimator = JitterEstimator(clockRate: self.clockRate)
    }

    /// Counts one packet. `now` is its arrival.
    @discardableResult
    public mutating func receive(sequenceNumber: UInt16, timestamp: UInt32, now: Duration) -> SequenceVerdict {
        let before = (expected: sequence.expected, received: sequence.received)
        let verdict = sequence.receive(sequenceNumber)
        switch verdict {
        case .probation, .stray:
            return verdict
        case .restarted:
            earlier.expected &+= before.expected
            earlier.received &+= before.received
            expectedAtReport = 0
            receivedAtReport = 0
            jitterEstimator.restart()
        case .newest, .late:
            break
        }
        jitterEstimator.receive(timestamp: timestamp, now: now)
        return verdict
    }

    /// Remembers the sender report that the next blocks refer to.
    public mutating func receive(_ info: RTCPSenderInfo, now: Duration) {
        senderReport = (info.ntp.compact, now)
    }

    /// The highest sequence number, with the count of its rounds in the upper half.
    public var extendedHighestSequence: UInt32 { UInt32(truncatingIfNeeded: sequence.extendedHighest) }
    /// Packets received since the beginning, over all restarts.
    public var received: Int64 { earlier.received &+ (sequence.isValid ? sequence.received : 0) }
    /// Packets lost since the beginning, over all restarts; duplicates make it less, and even negative.
    public var lost: Int64 { earlier.expected &+ sequence.expected &- received }
    /// Interarrival jitter.
    public var jitter: Duration { Duration(ticks: jitterEstimator.jitter, rate: clockRate) }

    /// The block to send about this source, `ssrc`; its fraction covers the time since the last call.
    /// - Returns: `nil` while the source is on probation.
    public mutating func reportBlock(ssrc: UInt32, now: Duration) -> RTCPReportBlock? {
        guard sequence.isValid else { return nil }
        let expected = sequence.expected &- expectedAtReport
        let lost = expected &- (sequence.received &- receivedAtReport)
        expectedAtReport = sequence.expected
        receivedAtReport = sequence.received
        return RTCPReportBlock(
            ssrc: ssrc,
            fractionLost: expected > 0 && lost > 0 ? UInt8(clamping: (lost &* 256) / expected) : 0,
            cumulativeLost: Int32(min(max(sequence.expected &- sequence.received, -0x80_0000), 0x7F_FFFF)),
            highestSequence: extendedHighestSequence,
            jitter: jitterEstimator.jitter,
            lastSenderReport: senderReport?.compact ?? 0,
            delaySinceLastSenderReport: senderReport.map { UInt32(clamping: (now - $0.arrival).ticks(rate: 65536)) } ?? 0
        )
    }
}
