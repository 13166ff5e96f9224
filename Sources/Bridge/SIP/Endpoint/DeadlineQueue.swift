/// The next deadline of each of many owners, the earliest first.
///
/// A binary heap. An entry whose owner has another deadline by now is passed over; when such entries prevail the heap
/// is made anew, so that it is never much larger than the number of owners.
package struct DeadlineQueue<Owner: Hashable> {
    private struct Entry {
        let at: Duration
        let owner: Owner
    }

    private var heap: [Entry] = []
    private var current: [Owner: Duration] = [:]

    package init() {}

    /// The earliest deadline.
    package var next: Duration? { heap.first?.at }

    /// Entries in the heap, stale ones counted in.
    package var size: Int { heap.count }

    /// Owners that wait.
    package var count: Int { current.count }

    /// Sets the deadline of an owner in place of the one before; `nil` for none.
    package mutating func set(_ deadline: Duration?, for owner: Owner) {
        guard current[owner] != deadline else { return }
        current[owner] = deadline
        if let deadline { push(Entry(at: deadline, owner: owner)) }
        if heap.count > 2 * current.count + 64 {
            heap = []
            for (owner, at) in current { push(Entry(at: at, owner: owner)) }
        }
        dropStale()
    }

    /// Takes an owner whose deadline has come; it has none until it is set again.
    package mutating func removeDue(now: Duration) -> Owner? {
        guard let first = heap.first, first.at <= now else { return nil }
        pop()
        current[first.owner] = nil
        dropStale()
        return first.owner
    }

    private mutating func dropStale() {
        while let first = heap.first, current[first.owner] != first.at { pop() }
    }

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].at < heap[parent].at else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].at < heap[least].at { least = child }
            guard least != parent else { break }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}
