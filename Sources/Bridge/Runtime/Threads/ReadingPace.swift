/// When the browsers' sockets are looked at: at once as long as little comes, every few milliseconds when much does.
///
/// A wake of the thread costs as much as the work on several packets, so many people's packets are read together: about as many as make the
/// wake a small part of the work, and none waits longer for it than `longest`. The kernel notes when each came.
package struct ReadingPace: Sendable {
    /// From one look to the next. The less comes, the longer it takes until a look pays.
    package static let longest = Duration.milliseconds(4)
    package static let shortest = Duration.milliseconds(1)

    /// Datagrams that one look is to find.
    private static let worthwhile = 12
    /// Over which datagrams are counted.
    private static let window = Duration.milliseconds(20)
    /// Datagrams of a window from which a rest pays: below, more wakes are for the rest than for what comes.
    private static let busy = 20

    /// Nothing is read before this; `nil`: a datagram wakes the thread.
    package private(set) var restsUntil: Duration?
    private var windowBegan = Duration.zero
    private var count = 0
    /// From the beginning of one look to that of the next; `nil` while little comes.
    private var interval: Duration?

    package init() {}

    /// The sockets were read to their end.
    ///
    /// - Parameters:
    ///   - found: datagrams that were in them.
    ///   - began: when the look began. The next one is reckoned from there: what the work took must not come on top of the rest, or the wait
    ///     would grow with the load, just when there is most to do.
    package mutating func looked(found: Int, began: Duration) {
        count &+= found
        if began - windowBegan >= Self.window {
            let isBusy = count >= Self.busy && began - windowBegan < Self.window * 2
            interval = isBusy ? min(max(Self.window * Self.worthwhile / count, Self.shortest), Self.longest) : nil
            count = 0
            windowBegan = began
        }
        // Another timer of the thread was due.
        if found == 0, let restsUntil, began < restsUntil { return }
        restsUntil = interval.map { began + $0 }
    }
}
