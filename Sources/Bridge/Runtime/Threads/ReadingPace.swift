/// When the browsers' sockets are looked at: at once as long as little comes, every few milliseconds when much does.
///
/// A wake of the thread costs as much as the work on several packets, so many people in a room are read together. No packet waits longer
/// than the rest; the kernel notes when it came.
package struct ReadingPace: Sendable {
    /// Between two looks.
    package static let rest = Duration.milliseconds(3)

    /// Nothing is read before this; `nil`: a datagram wakes the thread.
    package private(set) var restsUntil: Duration?
    private var lastFound: Duration?

    package init() {}

    /// The sockets were read to their end.
    ///
    /// - Parameter found: datagrams that were in them.
    package mutating func looked(found: Int, now: Duration) {
        // Another timer of the thread was due.
        if found == 0, let restsUntil, now < restsUntil { return }
        let isSteady = lastFound.map { now - $0 <= Self.rest * 3 / 2 } ?? false
        restsUntil = found > 0 && isSteady ? now + Self.rest : nil
        if found > 0 { lastFound = now }
    }
}
