/// How many calls a trunk is given within a second: never more than its limit within any second, wherever that begins.
///
/// A bucket of tokens would let twice the limit through around its refill, and the carrier counts, too. So the moments of the last calls are
/// kept, at most as many as the limit allows, or as are worth showing.
package struct CallPace: Equatable, Sendable {
    private static let window = Duration.seconds(1)
    /// Moments that are kept where there is no limit.
    private static let memory = 1_000

    /// The oldest first.
    private var moments: [Duration] = []

    package init() {}

    /// Calls within the last second.
    package func count(now: Duration) -> Int { moments.count { $0 > now - Self.window } }

    /// Whether a call may be given to the trunk now.
    package func isFree(limit: Int?, now: Duration) -> Bool {
        guard let limit else { return true }
        return count(now: now) < limit
    }

    /// A call is given to the trunk.
    package mutating func note(now: Duration) {
        moments.removeAll { $0 <= now - Self.window }
        guard moments.count < Self.memory else { return }
        moments.append(now)
    }
}
