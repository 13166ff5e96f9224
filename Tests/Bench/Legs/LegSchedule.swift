/// When which leg is to be called: a binary heap, since hundreds of legs each have a phase of their own.
struct LegSchedule {
    private var heap: [(at: Duration, id: UInt64)] = []

    /// The earliest time of all.
    var next: Duration? { heap.first?.at }

    mutating func add(_ id: UInt64, at: Duration) {
        heap.append((at, id))
        var index = heap.count - 1
        while index > 0, heap[index].at < heap[(index - 1) / 2].at {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Takes out the earliest entry, if it is due.
    mutating func takeDue(now: Duration) -> (at: Duration, id: UInt64)? {
        guard let first = heap.first, first.at <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].at < heap[least].at { least = child }
            guard least != index else { return first }
            heap.swapAt(index, least)
            index = least
        }
    }
}
