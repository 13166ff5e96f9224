/// When the browsers' sockets are looked at: at once as long as little comes, every few milliseconds when much does.
///
/// A wake of the thread costs as much as the work on several packets, so many people in a room are read together. No packet waits longer
/// than the rest; the kernel notes when it came.
package struct ReadingPace: Sendable {
    /// Between two looks.
    package static let rest = Duration.milliseconds(3)

    /// Over which datagrams are counted.
    private static let window = Duration.milliseconds(20)
    /// Datagrams of a window from which a rest pays: below, more wakes are for the rest than for what comes.
    private static let busy = 20

    /// Nothing is read before this; `nil`: a datagram wakes the thread.
    package private(set) var restsUntil: Duration?
    private var windowBegan = Duration.zero
    private var count = 0
    private var isBusy = false

    package init() {}

    /// The sockets were read to their end.
    ///
    /// - Parameter found: datagrams that were in them.
    package mutating func looked(found: Int, now: Duration) {
        count &+= found
        if now - windowBegan >= Self.window {
            isBusy = count >= Self.busy && now - windowBegan < Self.window * 2
            count = 0
            windowBegan = now
        }
        // Another timer of the thread was due.
        if found == 0, let restsUntil, now < restsUntil { return }
        restsUntil = isBusy ? now + Self.rest : nil
    }
}
