import Foundation

/// The two clocks that drivers read and hand to the rules.
package struct ServerClock: Sendable {
    private let start = ContinuousClock.now

    package init() {}

    /// Monotonic, since this process started; for deadlines.
    package var now: Duration { ContinuousClock.now - start }

    /// Milliseconds since 1970 UTC; for what is stored and shown.
    package var wallMilliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
