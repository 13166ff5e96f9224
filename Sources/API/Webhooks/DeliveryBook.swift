import Domain
import Store

/// What the delivery needs of the outbox. `StoreDeliveryBook` is the one there is; tests have their own.
package protocol DeliveryBook: Sendable {
    /// What is due, at most `limit`, each for one try.
    func claim(limit: Int, now: Int64) async throws -> [ClaimedDelivery]
    /// How tries went, all or none; returns the positions of those that nobody else has by now.
    func finish(_ finished: [FinishedDelivery], now: Int64) async throws -> Set<Int64>
    /// A try that was not made.
    func release(_ delivery: ClaimedDelivery) async throws
    /// Forgets what is older than its retention.
    func forgetOld(now: Int64) async throws
}

/// The outbox in PostgreSQL.
struct StoreDeliveryBook: DeliveryBook {
    /// Tries under way to one endpoint, over all processes: a slow one must not take every place.
    private static let endpointLimit = 32
    /// The same for one whose last try failed: what hangs takes few, and what comes back is not run over.
    private static let failingLimit = 4
    /// Well beyond the longest try and the longest wait for the database, milliseconds.
    private static let lease: Int64 = 60_000

    let store: Store

    func claim(limit: Int, now: Int64) async throws -> [ClaimedDelivery] {
        try await store.claimDeliveries(
            limit: limit, endpointLimit: Self.endpointLimit, failingLimit: Self.failingLimit, leaseUntil: now + Self.lease, now: now)
    }

    func finish(_ finished: [FinishedDelivery], now: Int64) async throws -> Set<Int64> {
        try await store.finish(finished, now: now)
    }

    func release(_ delivery: ClaimedDelivery) async throws { try await store.release(delivery) }

    func forgetOld(now: Int64) async throws {
        // A batch at a time, so that nothing is locked for long.
        while try await store.forgetOldEvents(now: now) > 0 { try Task.checkCancellation() }
        while try await store.forgetSilentSubjects(now: now) > 0 { try Task.checkCancellation() }
    }
}
