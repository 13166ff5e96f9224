import Media

/// What was said in a room in a stretch of time, and what of it came to each participant.
struct RoomTraffic: CustomStringConvertible {
    /// More must not be missing for a figure to count.
    private static let allowedLoss = 0.01

    let talkers: Int
    /// In the order of the participants, the talkers first.
    let counts: [LegCount]

    /// Packets that the room should have been sent in all: every packet of a voice that is forwarded, to everybody else.
    var expected: Int { audible * (counts.count - 1) * frames }
    var heard: Int { counts.reduce(0) { $0 + $1.heard } }
    /// Of the listener who misses most of what was said, 0…1.
    var worstLoss: Double { counts.indices.map(loss).max() ?? 1 }

    /// Voices that are forwarded at a time; silence is not.
    private var audible: Int { min(AudibleSources.limit, talkers) }
    /// That each participant sent.
    private var frames: Int { counts.isEmpty ? 0 : counts.reduce(0) { $0 + $1.sent } / counts.count }

    /// Of what the participant at `index` should have heard.
    private func loss(_ index: Int) -> Double {
        let (expected, heard) =
            talkers <= AudibleSources.limit
            ? (counts.prefix(talkers).enumerated().reduce(0) { $0 + ($1.offset == index ? 0 : $1.element.sentVoiced) }, counts[index].heardVoiced)
            : ((audible - 1) * frames, counts[index].heard)
        return expected > 0 ? 1 - Double(heard) / Double(expected) : 0
    }

    /// A figure of a room in which not everybody heard is none.
    func requireHeard() throws {
        guard frames > 0, heard > 0 else { throw BenchError("nothing was heard") }
        guard worstLoss <= Self.allowedLoss, Double(heard) >= (1 - Self.allowedLoss) * Double(expected) else {
            throw BenchError("packets are missing: \(self)")
        }
    }

    var description: String {
        "\(heard) packets heard, \(expected) expected; who missed most of the talkers' missed \(Figure.text(max(worstLoss, 0) * 100)) %"
    }
}
