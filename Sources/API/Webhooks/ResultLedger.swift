import Domain
import Logging
import Store

/// Writes down how tries went: what comes while one transaction runs goes into the next, so that many at once cost few commits.
actor ResultLedger {
    /// Results in one transaction.
    private static let batchLimit = 256
    /// How long a database that is away is waited for: with the longest try before it, and one that waits for a connection and an answer in vain
    /// after it, less than a lease.
    private static let longestPatience = Duration.seconds(20)
    private static let pause = Duration.milliseconds(500)

    private let book: any DeliveryBook
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private var waiting: [(finished: FinishedDelivery, since: ContinuousClock.Instant, waiter: CheckedContinuation<Bool, Never>)] = []
    private var isWriting = false
    private var patience = longestPatience

    init(book: any DeliveryBook, now: @escaping @Sendable () -> Int64, logger: Logger) {
        self.book = book
        self.now = now
        self.logger = logger
    }

    /// The process is going: whatever cannot be written now is left to be repeated.
    func hurry() { patience = .seconds(1) }

    /// Returns when it is written; `false` if it could not be, or if somebody else has the delivery by now: it is repeated then.
    ///
    /// A cancelled task waits all the same: the receiver has had the message.
    func write(_ finished: FinishedDelivery) async -> Bool {
        await withCheckedContinuation { waiter in
            waiting.append((finished, .now, waiter))
            guard !isWriting else { return }
            isWriting = true
            // Not part of whoever came first, which may be cancelled.
            Task { await self.drain() }
        }
    }

    private func drain() async {
        while !waiting.isEmpty {
            let batch = Array(waiting.prefix(Self.batchLimit))
            waiting.removeFirst(batch.count)
            let written = await write(batch.map(\.finished), since: batch.map(\.since).min() ?? .now)
            for entry in batch {
                let isOurs = written.contains(entry.finished.delivery.position)
                if !isOurs { logger.notice("webhook's try not counted, it is repeated", metadata: ["event": "\(entry.finished.delivery.event)"]) }
                entry.waiter.resume(returning: isOurs)
            }
        }
        isWriting = false
    }

    private func write(_ batch: [FinishedDelivery], since: ContinuousClock.Instant) async -> Set<Int64> {
        while true {
            do {
                return try await book.finish(batch, now: now())
            } catch {
                if let error = error as? StoreError, !error.isRetryable, batch.count > 1 {
                    // One that can never be written must not take the others with it.
                    var written: Set<Int64> = []
                    for one in batch { written.formUnion(await write([one], since: since)) }
                    return written
                }
                let isOver = (error as? StoreError)?.isRetryable != true || ContinuousClock.now - since > patience
                logger.log(level: isOver ? .warning : .debug, "webhooks' tries not written down", metadata: ["error": "\(error)"])
                if isOver { return [] }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }
}
