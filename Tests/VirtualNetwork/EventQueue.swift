/// Events in the order of their due time; events due at the same time in the order they were added.
public struct EventQueue<Event> {
    fileprivate struct Entry {
        let due: Duration
        let sequence: UInt64
        let event: Event

        func isBefore(_ other: Entry) -> Bool {
            (due, sequence) < (other.due, other.sequence)
        }
    }

    /// A binary heap: each entry is before its two children.
    private var heap: [Entry] = []
    private var added: UInt64 = 0

    public init() {}

    public var isEmpty: Bool { heap.isEmpty }
    public var count: Int { heap.count }
    /// When the next event is due.
    public var nextDue: Duration? { heap.first?.due }

    public mutating func add(_ event: Event, due: Duration) {
        heap.append(Entry(due: due, sequence: added, event: event))
        added += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the next event that is due at `now` or earlier.
    public mutating func removeNext(until now: Duration) -> (due: Duration, event: Event)? {
        guard let first = heap.first, first.due <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            guard least != parent else { break }
            heap.swapAt(least, parent)
            parent = least
        }
        return (first.due, first.event)
    }
}

extension EventQueue: Sendable where Event: Sendable {}
extension EventQueue.Entry: Sendable where Event: Sendable {}
