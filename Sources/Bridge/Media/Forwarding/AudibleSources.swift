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

    /// How long who has taken a place keeps it while he speaks: many who speak at once would push each other out with every word,
    /// and each change is a break for the ear and a message to every page.
    package static let stay = Duration.seconds(2)

    private var places: [(source: LegID, since: Duration)] = []

    package init() {}

    /// In the order in which they came.
    package var sources: [LegID] { places.map(\.source) }

    package func isAudible(_ source: LegID) -> Bool { places.contains { $0.source == source } }

    /// A packet of `source` came.
    ///
    /// - Parameters:
    ///   - level: how loud it claims to be now, in −dBov.
    ///   - levelOf: the same of those that have a place.
    /// - Returns: whether `sources` is another than before.
    package mutating func heard(_ source: LegID, level: UInt8, now: Duration, levelOf: (LegID) -> UInt8) -> Bool {
        if isAudible(source) { return false }
        guard places.count >= Self.limit else {
            places.append((source, now))
            return true
        }
        guard level < Self.floor else { return false }
        var quietest: (index: Int, level: UInt8)?
        for (index, place) in places.enumerated() {
            let level = levelOf(place.source)
            guard level >= Self.floor || now - place.since >= Self.stay else { continue }
            if level > quietest?.level ?? 0 { quietest = (index, level) }
        }
        guard let quietest, quietest.level >= level + Self.hysteresis else { return false }
        places[quietest.index] = (source, now)
        return true
    }

    /// It has left. Its place goes to whoever is heard next.
    package mutating func remove(_ source: LegID) { places.removeAll { $0.source == source } }
}
