/// Chooses the up to three sources that are mixed.
///
/// The level that a packet claims (RFC 6464) costs nothing to read but may be a lie, so it only decides who is
/// listened to: with more than three sources those selected and two challengers are decoded, and only what was
/// heard decides who is selected. A source that claims more than it delivers loses that much credit.
///
/// Each frame of 20 ms: ``claim(_:by:)`` for what came, ``candidates`` are decoded, ``heard(_:from:)`` for each of
/// them, then ``select()``. All levels are smoothed: quick to rise, slow to fall.
public struct SpeakerSelection<Source: Hashable & Sendable>: Sendable {
    /// How many are mixed at most.
    public let limit: Int
    /// How many more are decoded to see whether they are louder.
    public static var challengers: Int { 2 }

    private var entries: [Entry] = []
    private var frame = 0

    /// The sources to mix, in the order they came in.
    public private(set) var selected: [Source] = []
    /// The sources to decode in this frame: the selected ones, and who may be louder.
    public private(set) var candidates: [Source] = []

    public init(limit: Int = 3) {
        self.limit = max(1, limit)
    }

    /// Adds a source that may speak.
    public mutating func add(_ source: Source) {
        guard !entries.contains(where: { $0.source == source }) else { return }
        entries.append(Entry(source: source))
        choose()
    }

    public mutating func remove(_ source: Source) {
        entries.removeAll { $0.source == source }
        choose()
    }

    /// Notes the level that a packet claims to have.
    public mutating func claim(_ level: AudioLevel, by source: Source) {
        guard let index = index(of: source) else { return }
        entries[index].claim(level)
    }

    /// Notes the level of a decoded frame (silence, if nothing came).
    public mutating func heard(_ level: AudioLevel, from source: Source) {
        guard let index = index(of: source) else { return }
        entries[index].hear(level, inFrame: frame)
    }

    /// Ends the frame: decides who is mixed from now on and who is decoded.
    public mutating func select() {
        frame += 1
        for index in entries.indices {
            entries[index].age()
        }
        if entries.count > limit {
            exchange()
        }
        choose()
    }

    private func index(of source: Source) -> Int? {
        entries.firstIndex { $0.source == source }
    }

    /// At most one challenger a frame takes the place of the quietest.
    private mutating func exchange() {
        var quietest: Int?
        var loudest: Int?
        for index in entries.indices {
            if entries[index].isSelected {
                if quietest.map({ entries[index].loudness < entries[$0].loudness }) ?? true {
                    quietest = index
                }
            } else if entries[index].wasHeard(inFrame: frame - 1) {
                if loudest.map({ entries[index].loudness > entries[$0].loudness }) ?? true {
                    loudest = index
                }
            }
        }
        guard let quietest, let loudest,
            entries[loudest].loudness >= entries[quietest].loudness + SelectionMeasure.hysteresis,
            entries[loudest].loudness > SelectionMeasure.floor
        else { return }
        entries[quietest].isSelected = false
        entries[loudest].isSelected = true
    }

    private mutating func choose() {
        // Free places go to whoever came first: with no more sources than places nobody is left out.
        var places = limit - entries.count { $0.isSelected }
        for index in entries.indices where places > 0 && !entries[index].isSelected {
            entries[index].isSelected = true
            places -= 1
        }
        for index in entries.indices {
            entries[index].isCandidate = entries[index].isSelected
        }
        if entries.count > limit {
            challenge()
        }
        selected.removeAll(keepingCapacity: true)
        candidates.removeAll(keepingCapacity: true)
        for entry in entries {
            if entry.isSelected { selected.append(entry.source) }
            if entry.isCandidate { candidates.append(entry.source) }
        }
    }

    /// One challenger is who is believed to be the loudest. The other takes its turn: a source may claim nothing,
    /// or less than the truth.
    private mutating func challenge() {
        var loudest: Int?
        for index in entries.indices where !entries[index].isCandidate {
            if loudest.map({ entries[index].believed > entries[$0].believed }) ?? true {
                loudest = index
            }
        }
        if let loudest {
            entries[loudest].isCandidate = true
        }
        var next: Int?
        for index in entries.indices where !entries[index].isCandidate {
            if next.map({ entries[index].precedes(entries[$0], inFrame: frame) }) ?? true {
                next = index
            }
        }
        if let next {
            entries[next].isCandidate = true
        }
    }
}
