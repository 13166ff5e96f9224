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
    /// How many results each transaction had.
    private(set) var batches: [Int] = []
    private var failures: Int
    private var writeFailures: Int

    /// - Parameters: How often it cannot be read, and written, at first.
    init(_ due: [ClaimedDelivery], failures: Int = 0, writeFailures: Int = 0) {
        self.due = due
        self.failures = failures
        self.writeFailures = writeFailures
    }

    func claim(limit: Int, now: Int64) async throws -> [ClaimedDelivery] {
        if failures > 0 {
            failures -= 1
            throw StoreError(.databaseUnavailable, "not now")
        }
        defer { due = Array(due.dropFirst(limit)) }
        return Array(due.prefix(limit))
    }

    func finish(_ finished: [FinishedDelivery], now: Int64) async throws -> Set<Int64> {
        if writeFailures > 0 {
            writeFailures -= 1
            throw StoreError(.databaseUnavailable, "not now")
        }
        batches.append(finished.count)
        results += finished.map { Result(event: $0.delivery.event, attempt: $0.attempt, verdict: $0.verdict) }
        return Set(finished.map(\.delivery.position))
    }

    func release(_ delivery: ClaimedDelivery) async throws { released.append(delivery.event) }
    func forgetOld(now: Int64) async throws {}
}
