import Domain
import Logging
import Store
import Synchronization

/// The driver of the outbox: claims what is due, makes the tries side by side, and writes down what the schedule says of each.
package final class OutboxDelivery: Sendable {
    /// Tries under way at once in this process.
    package static let maximumInFlight = 256
    /// How often the outbox is looked into when nothing else gives cause to.
    private static let interval = Duration.milliseconds(500)
    /// The pause after a claim: what is finished meanwhile is followed by one claim and not by one each.
    private static let breath = Duration.milliseconds(10)
    /// How long a database that does not answer is left alone.
    private static let recovery = Duration.seconds(2)
    private static let cleaning: Int64 = 10 * 60_000

    private let book: any DeliveryBook
    private let sender: WebhookSender
    private let now: @Sendable () -> Int64
    private let logger: Logger
    private let underWay = Atomic<Int>(0)
    private let ledger: ResultLedger

    package init(book: any DeliveryBook, sender: WebhookSender, now: @escaping @Sendable () -> Int64, logger: Logger) {
        self.book = book
        self.sender = sender
        self.now = now
        self.logger = logger
        ledger = ResultLedger(book: book, now: now, logger: logger)
    }

    /// Runs until it is cancelled; what is under way then is given back, for another process or the next start.
    package func run() async {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask {
                while (try? await Task.sleep(for: Self.interval)) != nil { wake.yield() }
            }
            group.addTask { await self.clean() }
            for await _ in wakes {
                guard let claimed = await claim() else {
                    try? await Task.sleep(for: Self.recovery)
                    continue
                }
                for delivery in claimed {
                    underWay.add(1, ordering: .relaxed)
                    group.addTask {
                        await self.deliver(delivery)
                        self.underWay.subtract(1, ordering: .relaxed)
                        // The next one of the same call may be due by this, and there is a place again.
                        wake.yield()
                    }
                }
                if !claimed.isEmpty { try? await Task.sleep(for: Self.breath) }
            }
            await ledger.hurry()
            group.cancelAll()
        }
    }

    /// Makes every try that is due now, and waits for them; returns how many there were.
    package func deliverDue() async -> Int {
        let claimed = await claim() ?? []
        await withDiscardingTaskGroup { group in
            for delivery in claimed { group.addTask { await self.deliver(delivery) } }
        }
        return claimed.count
    }

    /// `nil` if the outbox cannot be read.
    private func claim() async -> [ClaimedDelivery]? {
        let places = Self.maximumInFlight - underWay.load(ordering: .relaxed)
        guard places > 0 else { return [] }
        do {
            return try await book.claim(limit: places, now: now())
        } catch {
            logger.debug("outbox not read", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func deliver(_ delivery: ClaimedDelivery) async {
        guard let attempt = await sender.send(delivery, now: now()) else {
            // Also when this task is cancelled: otherwise it would wait for the end of its lease.
            await Task { [book] in try? await book.release(delivery) }.value
            return
        }
        var generator = SystemRandomNumberGenerator()
        let verdict = DeliverySchedule.judge(
            attempt.answer, tries: delivery.tries, failingSince: delivery.failingSince, now: now(), using: &generator)
        tell(verdict, attempt, of: delivery)
        _ = await ledger.write(FinishedDelivery(delivery, attempt, verdict))
    }

    private func tell(_ verdict: DeliverySchedule.Verdict, _ attempt: DeliveryAttempt, of delivery: ClaimedDelivery) {
        let metadata: Logger.Metadata = [
            "webhook": "\(delivery.endpoint)", "event": "\(delivery.event)", "try": "\(delivery.tries)", "answer": "\(attempt.answer)",
        ]
        switch verdict.delivery {
        case .delivered: logger.debug("webhook delivered", metadata: metadata)
        case .retry: logger.info("webhook not delivered yet", metadata: metadata)
        case .givenUp: logger.warning("webhook given up", metadata: metadata)
        }
        if let reason = verdict.disable {
            logger.warning("webhook disabled", metadata: ["webhook": "\(delivery.endpoint)", "reason": "\(reason.rawValue)"])
        }
    }

    private func clean() async {
        repeat {
            do {
                try await book.forgetOld(now: now())
            } catch {
                logger.debug("old events not forgotten", metadata: ["error": "\(error)"])
            }
        } while (try? await Task.sleep(for: .milliseconds(Self.cleaning))) != nil
    }
}
