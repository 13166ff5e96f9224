/// Whose voices are forwarded to the other browsers: everybody's in a small room, in a large one those who spoke up last.
///
/// Nothing is decoded for it: the level is what each browser claims (RFC 6464). A false claim takes one place, and keeps it as long as
/// it lasts; the mix that phones hear is chosen by what is really heard (`SpeakerSelection`).
package struct AudibleSources: Sendable {
    /// Voices that are forwarded at a time: five, and a speaker's own, which is not sent back.
    package static let limit = 6
    /// How much louder than the quietest one must be to take its place, in dB.
    package static let hysteresis: UInt8 = 6
    /// Who is quieter than this does not speak, in −dBov.
    package static let floor: UInt8 = 50

    /// In the order in which they came.
    package private(set) var sources: [LegID] = []

    package init() {}

    /// A packet of `source` came.
    ///
    /// - Parameters:
    ///   - level: how loud it claims to be now, in −dBov.
    ///   - levelOf: the same of those that have a place.
    /// - Returns: whether `sources` is another than before.
    package mutating func heard(_ source: LegID, level: UInt8, levelOf: (LegID) -> UInt8) -> Bool {
        if sources.contains(source) { return false }
        guard sources.count >= Self.limit else {
            sources.append(source)
            return true
        }
        guard level < Self.floor else { return false }
        var quietest = (index: 0, level: UInt8.min)
        for (index, other) in sources.enumerated() {
            let level = levelOf(other)
            if level > quietest.level { quietest = (index, level) }
        }
        guard quietest.level >= level + Self.hysteresis else { return false }
        sources[quietest.index] = source
        return true
    }

    /// It has left. Its place goes to whoever is heard next.
    package mutating func remove(_ source: LegID) { sources.removeAll { $0 == source } }
}
