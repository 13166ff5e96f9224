import RTP

/// Re-heads one stream for one receiver: the receiver's own SSRC and payload type, unbroken numbers, the source's gaps.
///
/// A new source (another SSRC, a phone that answered after its early media) continues sequence and timestamp where the
/// last one stopped, so that the receiver's SRTP replay window and jitter buffer never see a step back.
public struct Forwarder: Sendable {
    /// The header fields of one forwarded packet.
    public struct Heading: Equatable, Sendable {
        public var sequenceNumber: UInt16
        public var timestamp: UInt32
        public var marker: Bool
    }

    private struct Source {
        var ssrc: UInt32
        var unwrapper: SequenceUnwrapper
        var map: SequenceMap
        var timestampOffset: UInt32
        /// The last number of the source before, if there was one: this one's may not come down to it.
        var floor: Int64
    }

    private static let largestDropout: Int16 = 3000

    /// RTP clock of the section, in Hz; it never changes.
    public let clockRate: Int
    /// Whether the marker begins a talkspurt, as in audio; in video it ends a picture, and is the source's alone.
    private let marksTalkspurts: Bool
    /// How late a packet may be; a later one says that its source has begun anew.
    private let largestMisorder: Int16
    private var source: Source?
    private var highestSent: Int64
    private var lastTimestamp: UInt32
    private var lastSent: Duration?

    /// - Parameters:
    ///   - firstSequence: where the receiver's numbers begin (random, RFC 3550 section 5.1).
    ///   - firstTimestamp: likewise.
    public init(clockRate: Int, firstSequence: UInt16, firstTimestamp: UInt32, marksTalkspurts: Bool = true, largestMisorder: Int16 = 100) {
        self.clockRate = clockRate
        self.marksTalkspurts = marksTalkspurts
        self.largestMisorder = largestMisorder
        // Begins one round up, so that an early late packet cannot go below zero.
        highestSent = Int64(firstSequence) + 65_536 - 1
        lastTimestamp = firstTimestamp
    }

    /// Whether packets of this source are what is forwarded now, so that the next one goes on where the last one was.
    public func follows(_ ssrc: UInt32) -> Bool { source?.ssrc == ssrc }

    /// The heading under which a source packet goes out; `nil` if it was removed or belongs nowhere any more.
    ///
    /// - Parameter isRepetition: it was sent before, and comes once more: where its place is gone it has none, and it begins nothing.
    public mutating func forward(
        ssrc: UInt32, sequenceNumber: UInt16, timestamp: UInt32, marker: Bool, isRepetition: Bool = false, now: Duration
    ) -> Heading? {
        var marker = marker
        if source?.ssrc != ssrc || isBroken(sequenceNumber, timestamp) {
            guard !isRepetition else { return nil }
            begin(ssrc: ssrc, sequenceNumber: sequenceNumber, timestamp: timestamp, now: now)
            // The first packet after a change starts a talkspurt (RFC 3551 section 4.1): the receiver may re-adjust.
            if marksTalkspurts { marker = true }
        }
        // A packet from before the first one of its source has no place: its number was the former source's.
        guard source != nil, let sent = source!.map.map(source!.unwrapper.unwrap(sequenceNumber)), sent > source!.floor else { return nil }
        let outTimestamp = timestamp &+ source!.timestampOffset
        if sent > highestSent {
            highestSent = sent
            lastTimestamp = outTimestamp
            lastSent = now
        }
        return Heading(sequenceNumber: UInt16(truncatingIfNeeded: sent), timestamp: outTimestamp, marker: marker)
    }

    /// A source may begin anew under its old SSRC, as phones do after a transfer (the bounds are RFC 3550 appendix A.1's).
    private func isBroken(_ sequenceNumber: UInt16, _ timestamp: UInt32) -> Bool {
        guard let source, let newest = source.unwrapper.newest else { return false }
        let step = Int16(bitPattern: sequenceNumber &- UInt16(truncatingIfNeeded: newest))
        guard (-largestMisorder...Self.largestDropout).contains(step) else { return true }
        return step > 0 && Int32(bitPattern: timestamp &+ source.timestampOffset &- lastTimestamp) < 0
    }

    /// The next packet begins anew, whoever sends it: what came in between was not forwarded, and is not missed.
    public mutating func interrupt() { source = nil }

    /// The number that a forwarded packet had at its source, of the source that is forwarded now.
    ///
    /// - Returns: `nil` if no packet with that number was forwarded from it.
    public func sourceNumber(ofSent sequenceNumber: UInt16) -> UInt16? {
        guard let source else { return nil }
        let back = UInt16(truncatingIfNeeded: highestSent) &- sequenceNumber
        let sent = highestSent &- Int64(back)
        guard back < 0x8000, sent > source.floor else { return nil }
        return source.map.source(of: sent).map { UInt16(truncatingIfNeeded: $0) }
    }

    /// How many numbers were used, those of packets that did not come among them.
    public var numbersUsed: Int64 { highestSent }

    /// What a timestamp of the source that is forwarded now was sent as.
    public func sentTimestamp(of timestamp: UInt32) -> UInt32 { timestamp &+ (source?.timestampOffset ?? 0) }

    /// Takes note that a packet of the current source is not forwarded, so that its number closes up.
    public mutating func remove(ssrc: UInt32, sequenceNumber: UInt16) {
        guard source?.ssrc == ssrc else { return }
        source!.map.remove(source!.unwrapper.unwrap(sequenceNumber))
    }

    private mutating func begin(ssrc: UInt32, sequenceNumber: UInt16, timestamp: UInt32, now: Duration) {
        var unwrapper = SequenceUnwrapper()
        let first = unwrapper.unwrap(sequenceNumber)
        // The pause between two sources is real time for the receiver; a frame at least, a minute at most.
        let pause = lastSent.map { min(max(now - $0, .milliseconds(20)), .seconds(60)) } ?? .zero
        let expected = lastTimestamp &+ UInt32(truncatingIfNeeded: pause.units(at: clockRate))
        source = Source(
            ssrc: ssrc, unwrapper: unwrapper, map: SequenceMap(offset: highestSent &+ 1 &- first),
            timestampOffset: expected &- timestamp,
            // A voice may begin with a packet that is late; a picture begins with the one that it can be decoded from.
            floor: lastSent == nil && marksTalkspurts ? .min : highestSent)
    }
}
