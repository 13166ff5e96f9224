/// Writes what comes while a transaction runs together in the next one (group commit): many small writes at once cost few ways to the
/// database and few commits, and one that comes alone waits for nobody.
///
/// Everybody has an answer of his own: if a group fails for what is in it, each of its members is written again by itself.
actor GroupCommit<Item: Sendable> {
    private let limit: Int
    private let weight: @Sendable (Item) -> Int
    private let write: @Sendable ([Item]) async throws(StoreError) -> Void
    private var waiting: [(item: Item, waiter: CheckedContinuation<StoreError?, Never>)] = []
    private var isWriting = false

    /// - Parameters:
    ///   - limit: How much one transaction may weigh; a single item may weigh more.
    ///   - weight: At least 1.
    ///   - write: One transaction, all or nothing.
    init(limit: Int, weight: @escaping @Sendable (Item) -> Int, write: @escaping @Sendable ([Item]) async throws(StoreError) -> Void) {
        self.limit = limit
        self.weight = weight
        self.write = write
    }

    /// Items that may wait; the next one is refused as `databaseBusy`.
    private static var lineLimit: Int { 1_024 }

    /// Returns when the item is committed. A cancelled task waits all the same: what is under way is done.
    func add(_ item: Item) async throws(StoreError) {
        guard waiting.count < Self.lineLimit else { throw StoreError(.databaseBusy, "too much waits to be written") }
        let failure = await withCheckedContinuation { waiter in
            waiting.append((item, waiter))
            guard !isWriting else { return }
            isWriting = true
            // Not part of whoever came first, who has his answer before the others.
            Task { await self.drain() }
        }
        if let failure { throw failure }
    }

    private func drain() async {
        while !waiting.isEmpty {
            let group = nextGroup()
            do throws(StoreError) {
                try await write(group.map(\.item))
                for entry in group { entry.waiter.resume(returning: nil) }
            } catch {
                if error.isRetryable {
                    // What may succeed a moment later failed for all of them, and was perhaps even committed: nothing is written twice. Those who
                    // wait hear it at once: behind a database that is gone each group would take as long again.
                    let line = waiting
                    waiting = []
                    for entry in group + line { entry.waiter.resume(returning: error) }
                } else if group.count == 1 {
                    for entry in group { entry.waiter.resume(returning: error) }
                } else {
                    for entry in group { entry.waiter.resume(returning: await alone(entry.item)) }
                }
            }
        }
        isWriting = false
    }

    private func nextGroup() -> [(item: Item, waiter: CheckedContinuation<StoreError?, Never>)] {
        var (count, weighed) = (0, 0)
        while count < waiting.count, count == 0 || weighed + weight(waiting[count].item) <= limit {
            weighed += weight(waiting[count].item)
            count += 1
        }
        let group = Array(waiting.prefix(count))
        waiting.removeFirst(count)
        return group
    }

    private func alone(_ item: Item) async -> StoreError? {
        do throws(StoreError) {
            try await write([item])
            return nil
        } catch {
            return error
        }
    }
}
