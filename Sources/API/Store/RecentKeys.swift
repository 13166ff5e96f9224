import Domain
import Synchronization

/// API keys that were found good a moment ago: one that asks a thousand times a second is looked up once in it.
///
/// What this process changes about keys is known here at once; what another one changes, after `lifetime` at the latest.
final class RecentKeys: Sendable {
    /// Milliseconds.
    static let lifetime: Int64 = 1_000
    /// Far more than an installation has; beyond them nothing is remembered.
    private static let limit = 1_000

    /// A look into the database that began when so many changes had been made.
    struct Lookup {
        fileprivate var generation: UInt64
    }

    private struct State {
        var generation: UInt64 = 0
        var entries: [[UInt8]: Entry] = [:]
    }

    private struct Entry {
        var key: APIKey
        var since: Int64
        var until: Int64
    }

    private let state = Mutex(State())

    /// The key behind this hash of its secret, if it was found good less than `lifetime` before `now` (milliseconds since 1970 UTC).
    func key(_ hash: [UInt8], now: Int64) -> APIKey? {
        state.withLock { state in
            guard let entry = state.entries[hash] else { return nil }
            // A clock that was put back must not make it last.
            guard entry.since <= now, now < entry.until else {
                state.entries[hash] = nil
                return nil
            }
            return entry.key
        }
    }

    /// Before the database is asked.
    func lookup() -> Lookup { state.withLock { Lookup(generation: $0.generation) } }

    /// Remembers what the database said, unless a key was changed since it was asked.
    func remember(_ key: APIKey, _ hash: [UInt8], found lookup: Lookup, now: Int64) {
        var until = now + Self.lifetime
        if let expiry = key.expiresAt { until = min(until, expiry) }
        // This may be the secret of before.
        if let overlap = key.previousUntil, overlap > now { until = min(until, overlap) }
        state.withLock { state in
            guard state.generation == lookup.generation else { return }
            if state.entries.count >= Self.limit { state.entries = state.entries.filter { now < $0.value.until } }
            guard state.entries.count < Self.limit else { return }
            state.entries[hash] = Entry(key: key, since: now, until: until)
        }
    }

    /// A key was changed: everything is asked for anew.
    func forget() {
        state.withLock { state in
            state.generation &+= 1
            state.entries.removeAll()
        }
    }
}
