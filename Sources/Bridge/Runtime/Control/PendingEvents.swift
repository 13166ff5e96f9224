import Domain

/// Events of one start that wait to be acknowledged, in order of position.
struct PendingEvents {
    /// The unacknowledged ones begin at `head`. What is acknowledged leaves in large pieces: moving up a hundred thousand
    /// for each page would keep the media threads from the lock.
    private var events: [BridgeEvent] = []
    private var head = 0

    init(_ events: [BridgeEvent] = []) { self.events = events }

    var count: Int { events.count - head }
    var isEmpty: Bool { count == 0 }

    /// The next ones to tell.
    var page: [BridgeEvent] { Array(events[head...].prefix(EventsAnswer.page)) }

    /// Those that were appended last.
    func suffix(_ count: Int) -> ArraySlice<BridgeEvent> { events.suffix(count) }

    mutating func append(_ event: BridgeEvent) { events.append(event) }

    /// Forgets everything up to `position`.
    mutating func acknowledge(_ position: UInt64) {
        while head < events.count, events[head].position <= position { head += 1 }
        if head > count {
            events.removeFirst(head)
            head = 0
        }
    }
}
