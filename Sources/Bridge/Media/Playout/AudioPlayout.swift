/// Turns the packets of one received stream into frames of exactly 20 ms, one per pull.
///
/// A bounded adaptive buffer (0–120 ms): the delay follows the measured jitter, and the drift between the
/// sender's clock and ours, by cutting or lengthening silence, else by repeating or leaving out whole pitch
/// periods. Audio that does not come in time is recovered from the next packet, else concealed.
/// Nothing that a sender does can make it trap, grow, or take more than a bounded time.
public struct AudioPlayout: ~Copyable {
    let decoder: any AudioDecoder
    let clockRate: Int
    let sampleRate: Int
    let frameSamples: Int
    let limits: PlayoutLimits
    let stretch: TimeStretch

    enum State {
        /// Nothing has come yet.
        case idle
        /// The next packet begins a talkspurt.
        case paused
        case playing
    }

    var state = State.idle
    var numbering: StreamNumbering
    var store = PacketStore()
    var transits: TransitWindow
    /// Packets in a row whose transit was beyond every bound.
    var outliers = 0

    /// Decoded samples that were not pulled yet.
    var samples: [Int16] = []
    /// What the packet that continues `samples` is numbered.
    var nextSequenceNumber: UInt16 = 0
    /// The timestamp right after `samples`, unwrapped.
    var nextTimestamp = 0
    /// The duration of the last packet.
    var packetTicks: Int
    /// How long nothing but concealment has been played.
    var concealedRun = 0
    var lastArrival = 0
    var pullsSinceStretch = 0
    /// The mean square of the loudest recent frame, which fades slowly: what silence is compared with.
    var peakEnergy = 0

    /// What was seen and done since the buffer was made.
    public internal(set) var statistics = PlayoutStatistics()

    /// - Parameters:
    ///   - decoder: used by this buffer only.
    ///   - clockRate: of the RTP timestamps, in ticks per second (48000 for Opus, 8000 for G.722).
    public init(decoder: any AudioDecoder, clockRate: Int) {
        self.decoder = decoder
        self.clockRate = clockRate
        sampleRate = decoder.sampleRate
        frameSamples = decoder.sampleRate / 50
        limits = PlayoutLimits(clockRate: clockRate)
        stretch = TimeStretch(sampleRate: decoder.sampleRate)
        numbering = StreamNumbering(clockRate: clockRate)
        transits = TransitWindow(clockRate: clockRate)
        packetTicks = limits.frame
        // A whole packet of 120 ms behind a frame that it completes, and what stretching adds.
        samples.reserveCapacity(10 * frameSamples)
    }

    /// Takes a packet.
    /// - Parameters:
    ///   - payload: without RTP header and padding.
    ///   - now: when it came.
    public mutating func insert(sequenceNumber: UInt16, timestamp: UInt32, payload: Span<UInt8>, now: Duration) {
        guard payload.count <= PacketStore.longestPayload, let count = decoder.duration(of: payload),
            count > 0, ticks(samples: count) <= limits.packet
        else {
            statistics.malformed += 1
            return
        }
        let duration = max(1, ticks(samples: count))
        let arrival = ticks(now)
        if state == .idle || arrival - lastArrival > limits.oblivion {
            begin(sequenceNumber: sequenceNumber, timestamp: timestamp)
        }
        lastArrival = arrival

        let newest = numbering.newestTimestamp
        switch numbering.place(
            sequenceNumber: sequenceNumber, timestamp: timestamp, duration: duration, payload: payload,
            arrival: arrival, base: transits.isEmpty ? arrival &- newest : transits.base
        ) {
        case .here(let unwrapped):
            accept(sequenceNumber, timestamp: unwrapped, duration: duration, payload: payload, arrival: arrival, newest: newest)
        case .duplicate:
            statistics.duplicates += 1
        case .elsewhere:
            break
        case .confirmsCandidate:
            let first = numbering.candidate
            begin(sequenceNumber: first.sequenceNumber, timestamp: UInt32(truncatingIfNeeded: first.timestamp))
            accept(
                first.sequenceNumber, timestamp: first.timestamp, duration: first.duration, payload: first.payload.span,
                arrival: numbering.candidateArrival, newest: first.timestamp
            )
            insert(sequenceNumber: sequenceNumber, timestamp: timestamp, payload: payload, now: now)
        }
    }

    /// Takes the next 20 ms; call it every 20 ms, at any phase.
    /// - Parameter frame: becomes exactly 20 ms at the decoder's rate.
    public mutating func pull(into frame: inout [Int16], now: Duration) -> PlayoutFrame {
        let time = ticks(now)
        let concealedBefore = statistics.concealed
        let stretching = plan(at: time)
        fill(to: frameSamples, at: time)
        apply(stretching, at: time)

        frame.removeAll(keepingCapacity: true)
        let available = min(samples.count, frameSamples)
        guard available > 0 else {
            frame.append(contentsOf: repeatElement(0, count: frameSamples))
            return .silence
        }
        noteDelay(at: time)
        frame.append(contentsOf: samples[..<available])
        samples.removeFirst(available)
        if available < frameSamples {
            frame.append(contentsOf: repeatElement(0, count: frameSamples - available))
        }
        return statistics.concealed == concealedBefore ? .voice : .concealed
    }

    /// Forgets the stream, since another source takes its place; the statistics go on.
    public mutating func restart() {
        state = .idle
        store.removeAll()
        samples.removeAll(keepingCapacity: true)
        concealedRun = 0
        peakEnergy = 0
    }

    /// Makes this packet the first of a new numbering.
    private mutating func begin(sequenceNumber: UInt16, timestamp: UInt32) {
        if state != .idle {
            statistics.restarts += 1
        }
        numbering.begin(sequenceNumber: sequenceNumber, timestamp: timestamp)
        store.removeAll()
        transits.removeAll()
        outliers = 0
        nextSequenceNumber = sequenceNumber
        nextTimestamp = numbering.newestTimestamp
        state = .paused
    }
}
