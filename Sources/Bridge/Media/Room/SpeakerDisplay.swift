/// Who is shown as speaking: only what a person would see as a change is one.
///
/// Two sources that are equally loud, such as a voice and its echo, change places at every look. Their order is news
/// only when another one has been the loudest for a while.
package struct SpeakerDisplay: Sendable {
    /// How long another source must be the loudest of the same set.
    package static let patience = Duration.milliseconds(500)

    /// Loudest first, as it was last told.
    package private(set) var shown: [LegID] = []
    private var challenger: (leg: LegID, since: Duration)?

    package init() {}

    /// Takes who is loud now, loudest first.
    ///
    /// - Returns: whether `shown` is news.
    package mutating func update(_ loud: [LegID], now: Duration) -> Bool {
        guard Set(loud) == Set(shown) else {
            show(loud)
            return true
        }
        guard let loudest = loud.first, loudest != shown.first else {
            challenger = nil
            return false
        }
        guard let challenger, challenger.leg == loudest else {
            self.challenger = (loudest, now)
            return false
        }
        guard now - challenger.since >= Self.patience else { return false }
        show(loud)
        return true
    }

    private mutating func show(_ loud: [LegID]) {
        shown = loud
        challenger = nil
    }
}
