extension AudioPlayout {
    /// Decodes or conceals until there are `count` samples, or the stream pauses.
    mutating func fill(to count: Int, at time: Int) {
        while samples.count < count {
            switch state {
            case .idle:
                return
            case .paused:
                guard resume(at: time) else { return }
            case .playing:
                if let slot = store.first(from: nextSequenceNumber) {
                    advance(towards: slot, at: time)
                } else {
                    waitForPacket(at: time)
                }
            }
        }
    }

    /// Decodes packets that are there and continue `samples`, until there are `count` samples; conceals nothing.
    mutating func fillAhead(to count: Int) {
        while samples.count < count, state == .playing, let slot = store.first(from: nextSequenceNumber),
            store.packets[slot].sequenceNumber == nextSequenceNumber, store.packets[slot].timestamp <= nextTimestamp
        {
            decode(slot)
        }
    }

    /// A packet counts as due when as much time has passed as the slowest packets need: then nothing will be missing behind it.
    private func isDue(_ timestamp: Int, at time: Int) -> Bool {
        time + ticks(samples: samples.count) - timestamp >= targetTransit
    }

    /// Begins a talkspurt with the first packet that is there, once it is due.
    private mutating func resume(at time: Int) -> Bool {
        guard let slot = store.first(from: nextSequenceNumber), isDue(store.packets[slot].timestamp, at: time) else { return false }
        nextSequenceNumber = store.packets[slot].sequenceNumber
        nextTimestamp = store.packets[slot].timestamp
        concealedRun = 0
        state = .playing
        skipBeyondLimit(at: time)
        return true
    }

    /// Goes one step towards the first packet that is there: decodes it, or fills a part of what is missing before it.
    private mutating func advance(towards slot: Int, at time: Int) {
        let timestamp = store.packets[slot].timestamp
        let gap = timestamp - nextTimestamp
        guard gap > 0 else {
            decode(slot)
            return
        }
        let missing = Int(store.packets[slot].sequenceNumber &- nextSequenceNumber)
        guard missing > 0, gap <= missing * max(packetTicks, store.packets[slot].duration) else {
            // Not lost but never sent: a pause. It is as good a place as any to set the delay right.
            if isDue(timestamp, at: time) {
                nextTimestamp = timestamp
            } else {
                conceal(ticks: min(gap, limits.frame))
            }
            return
        }
        if missing > 1, gap > packetTicks {
            conceal(ticks: min(gap - packetTicks, packetTicks))
            nextSequenceNumber &+= 1
            return
        }
        let before = samples.count
        let count = samples(ticks: gap)
        let payload = store.packets[slot].payload
        if missing == 1, count > 0, decoder.recover(count: count, from: payload.span, into: &samples) {
            statistics.recovered += 1
            trim(to: before + count)
            nextTimestamp = timestamp
            concealedRun = 0
        } else {
            conceal(ticks: gap)
        }
        nextSequenceNumber = store.packets[slot].sequenceNumber
    }

    /// Nothing is there: conceals one packet's time, at most a frame.
    private mutating func waitForPacket(at time: Int) {
        let isOverdue = time - nextTimestamp >= targetTransit
        let parts = (packetTicks + limits.frame - 1) / limits.frame
        let resumeAt = nextTimestamp
        conceal(ticks: max(1, packetTicks / max(1, parts)))
        if !isOverdue {
            // It may well come yet. Waiting for it lengthens the delay, which was too short for this network.
            nextTimestamp = resumeAt
        }
        if concealedRun > limits.pause {
            state = .paused
        }
    }

    private mutating func conceal(ticks: Int) {
        let start = samples.count
        let count = max(1, samples(ticks: ticks))
        decoder.conceal(count: count, into: &samples)
        trim(to: start + count)
        statistics.concealed += count
        nextTimestamp += ticks
        concealedRun += ticks
    }

    /// A decoder may refuse lengths that its codec does not know: what it leaves out is silence.
    private mutating func trim(to count: Int) {
        while samples.count < count {
            samples.append(0)
        }
        while samples.count > count {
            samples.removeLast()
        }
    }

    private mutating func decode(_ slot: Int) {
        let timestamp = store.packets[slot].timestamp
        let duration = store.packets[slot].duration
        nextSequenceNumber = store.packets[slot].sequenceNumber &+ 1
        store.remove(at: slot)
        guard timestamp + duration > nextTimestamp else {
            statistics.late += 1
            return
        }
        let start = samples.count
        packetTicks = duration
        let payload = store.packets[slot].payload
        let decoded = decoder.decode(payload.span, into: &samples)
        guard decoded > 0, samples.count > start else {
            statistics.malformed += 1
            conceal(ticks: timestamp + duration - nextTimestamp)
            return
        }
        trim(to: start + min(samples.count - start, samples(ticks: limits.packet)))
        // The part whose time was concealed away is left out.
        let late = min(samples(ticks: max(0, nextTimestamp - timestamp)), samples.count - start)
        samples.removeSubrange(start..<(start + late))
        statistics.decoded += samples.count - start
        nextTimestamp = timestamp + duration
        concealedRun = 0
    }
}
