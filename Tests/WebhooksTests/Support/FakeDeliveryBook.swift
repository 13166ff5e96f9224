import Domain
import Store
import Webhooks

/// An outbox that is an array.
actor FakeDeliveryBook: DeliveryBook {
    struct Result: Equatable {
        var event: EventID
        var attempt: DeliveryAttempt
        var verdict: DeliverySchedule.Verdict
    }

    private var due: [ClaimedDelivery]
    private(set) var results: [Result] = []
    private(set) var released: [EventID] = []
    private var failures: Int

    /// - Parameter failures: How often it cannot be read at first.
    init(_ due: [ClaimedDelivery], failures: Int = 0) {
        self.due = due
        self.failures = failures
    }

    func claim(limit: Int, now: Int64) async throws -> [ClaimedDelivery] {
        if failures > 0 {
            failures -= 1
            throw StoreError(.databaseUnavailable, "not now")
        }
        defer { due = Array(due.dropFirst(limit)) }
        return Array(due.prefix(limit))
    }

    func finish(
        _ delivery: ClaimedDelivery, _ attempt: DeliveryAttempt, _ verdict: DeliverySchedule.Verdict, now: Int64
    ) async throws -> Bool {
        results.append(Result(event: delivery.event, attempt: attempt, verdict: verdict))
        return true
    }

    func release(_ delivery: ClaimedDelivery) async throws { released.append(delivery.event) }
    func forgetOld(now: Int64) async throws {}
}
