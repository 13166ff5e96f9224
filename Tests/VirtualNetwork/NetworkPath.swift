/// One direction of a network: its conditions and the state of its randomness.
struct NetworkPath: Sendable {
    var conditions: Conditions
    private var generator: SeededGenerator
    private var burstLeft = 0
    private var latestDue = Duration.zero
    private(set) var lost = 0

    init(conditions: Conditions, generator: SeededGenerator) {
        self.conditions = conditions
        self.generator = generator
    }

    /// When the packet and its copy (if it is duplicated) come out; `nil` if it is lost.
    mutating func dues(ofPacketSentAt time: Duration) -> [Duration]? {
        // Every packet draws the same number of values, so that one changed condition leaves the rest as it was.
        let isLost = chance(conditions.loss)
        let isHeldBack = chance(conditions.reorder)
        let isDuplicated = chance(conditions.duplication)
        let first = transit()
        let second = transit()
        if inBurst() || isLost {
            lost += 1
            return nil
        }
        var due = time + first
        if isHeldBack {
            due += conditions.reorderDelay
        } else if !conditions.jitterReorders {
            due = max(due, latestDue)
            latestDue = due
        }
        return isDuplicated ? [due, time + second] : [due]
    }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &generator) < probability
    }

    private mutating func transit() -> Duration {
        let spread = Double.random(in: -1...1, using: &generator)
        let jitter = conditions.jitter * spread
        return max(.zero, conditions.delay + jitter)
    }

    private mutating func inBurst() -> Bool {
        guard let bursts = conditions.bursts else { return false }
        if burstLeft > 0 {
            burstLeft -= 1
            return true
        }
        if chance(bursts.probability) {
            burstLeft = Int.random(in: bursts.length, using: &generator)
        }
        return false
    }
}
