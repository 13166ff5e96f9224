import Domain
import Store

/// What the delivery needs of the outbox. `StoreDeliveryBook` is the one there is; tests have their own.
package protocol DeliveryBook: Sendable {
    /// What is due, at most `limit`, each for one try.
    func claim(limit: Int, now: Int64) async throws -> [ClaimedDelivery]
    /// How a try went; `false` if somebody else has it by now.
    func finish(_ delivery: ClaimedDelivery, _ attempt: DeliveryAttempt, _ verdict: DeliverySchedule.Verdict, now: Int64) async throws -> Bool
    /// A try that was not made.
    func release(_ delivery: ClaimedDelivery) async throws
    /// Forgets what is older than its retention.
    func forgetOld(now: Int64) async throws
}

/// The outbox in PostgreSQL.
struct StoreDeliveryBook: DeliveryBook {
    /// Tries under way to one endpoint, over all processes: a slow one must not take every place.
    private static let endpointLimit = 8
    /// Well beyond the longest try, milliseconds.
    private static let lease: Int64 = 60_000

    let store: Store

    func claim(limit: Int, now: Int64) async throws -> [ClaimedDelivery] {
        try await store.claimDeliveries(limit: limit, endpointLimit: Self.endpointLimit, leaseUntil: now + Self.lease, now: now)
    }

    func finish(
        _ delivery: ClaimedDelivery, _ attempt: DeliveryAttempt, _ verdict: DeliverySchedule.Verdict, now: Int64
    ) async throws -> Bool {
        try await store.finish(delivery, attempt, verdict, now: now)
    }

    func release(_ delivery: ClaimedDelivery) async throws { try await store.release(delivery) }

    func forgetOld(now: Int64) async throws {
        // A batch at a time, so that nothing is locked for long.
        while try await store.forgetOldEvents(now: now) > 0 { try Task.checkCancellation() }
    }
}
