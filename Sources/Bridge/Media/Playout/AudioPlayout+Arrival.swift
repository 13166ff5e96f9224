extension AudioPlayout {
    /// Notes the transit of a packet of this stream, and keeps it if its time has not passed.
    mutating func accept(
        _ sequenceNumber: UInt16, timestamp: Int, duration: Int, payload: Span<UInt8>, arrival: Int, newest: Int
    ) {
        note(transit: arrival &- timestamp, timestamp: timestamp, arrival: arrival)
        let ahead = Int(Int16(bitPattern: sequenceNumber &- nextSequenceNumber))
        if ahead < 0 || ahead >= PacketStore.capacity {
            guard timestamp >= newest else {
                statistics.late += 1
                return
            }
            // The newest audio under a number far away: what is missing in between will not come.
            store.removeAll()
            nextSequenceNumber = sequenceNumber
        }
        if !store.insert(sequenceNumber: sequenceNumber, timestamp: timestamp, duration: duration, payload: payload) {
            statistics.duplicates += 1
        }
    }

    private mutating func note(transit: Int, timestamp: Int, arrival: Int) {
        outliers = !transits.isEmpty && transit > transits.base + limits.jitter ? outliers + 1 : 0
        if outliers >= limits.outliers {
            // All of them, not just some: the path has become longer for good.
            transits.removeAll()
            outliers = 0
        }
        transits.insert(transit: transit, timestamp: timestamp, arrival: arrival)
    }

    /// `now` on the RTP clock's scale.
    func ticks(_ now: Duration) -> Int {
        let (seconds, attoseconds) = now.components
        return Int(seconds) &* clockRate &+ Int(attoseconds / 1_000_000_000) * clockRate / 1_000_000_000
    }

    func ticks(samples count: Int) -> Int {
        count * clockRate / sampleRate
    }

    func samples(ticks: Int) -> Int {
        ticks * sampleRate / clockRate
    }
}
