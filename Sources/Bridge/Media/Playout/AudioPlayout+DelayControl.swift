extension AudioPlayout {
    /// What to do about the delay in this pull.
    enum Stretching {
        case none
        case shorten(likeness: Float)
        case lengthen(likeness: Float)
    }

    /// The transit that playing waits for: that of the slowest packets, within bounds.
    var targetTransit: Int {
        min(transits.high, transits.base + limits.jitter)
    }

    /// The timestamp that is played at `time` less the time itself: grows with the delay.
    private func transit(at time: Int) -> Int {
        time - (nextTimestamp - ticks(samples: samples.count))
    }

    /// How long before they are needed the next packets come in the worst case.
    ///
    /// Packets whose duration is no multiple of a frame, or the reverse, are needed at changing offsets within a
    /// frame, so that a whole cycle of them is looked at.
    /// - Parameter count: samples that there are at `time`.
    private func slack(at time: Int, samples count: Int) -> Int {
        var left = ticks(samples: count)
        var timestamp = nextTimestamp
        var neededAt = time
        var least = Int.max
        for pull in 0..<PlayoutLimits.cycle {
            if left < limits.frame {
                // Of several packets in a frame the last one counts.
                let packets = (limits.frame - left + packetTicks - 1) / packetTicks
                least = min(least, neededAt - (timestamp + (packets - 1) * packetTicks))
                timestamp += packets * packetTicks
                left += packets * packetTicks
                if packetTicks % limits.frame == 0 { break }
            } else if pull == PlayoutLimits.cycle - 1, least == .max {
                least = neededAt + limits.frame - timestamp
            }
            left -= limits.frame
            neededAt += limits.frame
        }
        return least - targetTransit
    }

    /// Jitter that is itself uncertain must not move the delay to and fro.
    private var hysteresis: Int {
        let jitter = targetTransit - transits.base
        return min(limits.guardTime + jitter / 8, 8 * limits.guardTime)
    }

    /// Compares the delay with what the network needs, before the frame is filled.
    mutating func plan(at time: Int) -> Stretching {
        pullsSinceStretch += 1
        guard state == .playing else { return .none }
        skipBeyondLimit(at: time)
        let slack = slack(at: time, samples: samples.count)
        if slack < limits.guardTime {
            let isUrgent = slack < -limits.frame / 2
            guard isUrgent || pullsSinceStretch >= 3 else { return .none }
            return .lengthen(likeness: isUrgent ? 0.3 : 0.8)
        }
        let excess = transit(at: time) - targetTransit - limits.frame - limits.guardTime
        if excess > hysteresis {
            let isUrgent = excess > limits.frame
            guard isUrgent || pullsSinceStretch >= 3 else { return .none }
            return .shorten(likeness: isUrgent ? 0.3 : 0.8)
        }
        return .none
    }

    mutating func apply(_ stretching: Stretching, at time: Int) {
        guard state == .playing, concealedRun == 0 else { return }
        let isSilent = notesSilence()
        switch stretching {
        case .none:
            break
        case .shorten(let likeness):
            shorten(likeness: likeness, isSilent: isSilent, at: time)
        case .lengthen(let likeness):
            lengthen(likeness: likeness, isSilent: isSilent)
        }
    }

    private mutating func shorten(likeness: Float, isSilent: Bool, at time: Int) {
        let partial = samples.count - frameSamples
        fillAhead(to: frameSamples + (isSilent ? frameSamples : stretch.longest))
        guard samples.count >= frameSamples else { return }
        // First as much as may be; if the next packet would then be needed too soon, only what is there already.
        for limit in [samples.count - frameSamples, partial] where limit >= stretch.shortest {
            let length = isSilent ? limit : stretch.period(of: samples, limit: limit, likeness: likeness)
            guard let length else { continue }
            let left = samples.count - frameSamples - length
            guard slack(at: time + limits.frame, samples: left) >= limits.guardTime else { continue }
            stretch.remove(length, from: &samples)
            statistics.removed += length
            pullsSinceStretch = 0
            return
        }
    }

    private mutating func lengthen(likeness: Float, isSilent: Bool) {
        let room = samples.count - stretch.overlap
        // What makes a whole packet unneeded in this frame; more would be delay that nobody needs.
        let step = max(1, samples(ticks: greatestCommonDivisor(limits.frame, packetTicks)))
        let wanted = step - samples.count % step
        let length =
            isSilent
            ? min(wanted, room)
            : stretch.period(of: samples, limit: min(max(wanted, 2 * stretch.shortest), room), likeness: likeness)
        guard let length, length > 0 else { return }
        stretch.insert(length, into: &samples)
        statistics.inserted += length
        pullsSinceStretch = 0
    }

    /// Leaves out whatever is beyond the hard limit, in one go: after a stall of the network, or of our own pulls.
    mutating func skipBeyondLimit(at time: Int) {
        guard transit(at: time) - transits.base > limits.delay else { return }
        let excess = transit(at: time) - targetTransit - limits.guardTime
        let dropped = min(samples.count, samples(ticks: max(0, excess)))
        samples.removeFirst(dropped)
        statistics.removed += dropped
        if samples.isEmpty {
            // Packets before this timestamp are left out, the one around it in part.
            nextTimestamp = max(nextTimestamp, time - targetTransit - limits.guardTime)
        }
    }

    /// Whether what is about to be played is silent: absolutely, or 30 dB below what the speaker says.
    private mutating func notesSilence() -> Bool {
        let energy = samples.meanSquare(from: 0, count: 2 * frameSamples)
        // Halves in about 5 s.
        peakEnergy = max(energy, peakEnergy - peakEnergy / 360)
        return energy < max(1000, peakEnergy / 1000)
    }

    mutating func noteDelay(at time: Int) {
        guard state == .playing, concealedRun == 0 else { return }
        statistics.delay = duration(ticks: max(0, transit(at: time) - transits.base))
        statistics.target = duration(ticks: targetTransit - transits.base)
    }

    private func greatestCommonDivisor(_ one: Int, _ other: Int) -> Int {
        var (larger, smaller) = (one, other)
        while smaller > 0 {
            (larger, smaller) = (smaller, larger % smaller)
        }
        return larger
    }

    private func duration(ticks: Int) -> Duration {
        .microseconds(ticks * 1_000_000 / clockRate)
    }
}
