import Synchronization

/// The figures of the installation, read at most once in a while: anybody may ask for them, and every call that ever was is counted.
package final class RecentFigures: Sendable {
    /// How long they are good for.
    package static let age = Duration.seconds(5)

    private let known = Mutex<(figures: CallFigures, at: Duration)?>(nil)

    package init() {}

    package func figures(now: Duration, read: () async throws -> CallFigures) async throws -> CallFigures {
        if let known = known.withLock({ $0 }), now - known.at < Self.age { return known.figures }
        let fresh = try await read()
        known.withLock { $0 = (fresh, now) }
        return fresh
    }
}
