import Domain
import Synchronization

/// The two outgoing lanes to the web side: durable events until they are acknowledged, and the newest of each ephemeral signal.
///
/// Media threads append, the control endpoint reads; the lock is held for a few moves and one write to the journal, per event and never per
/// packet. A write of some hundred bytes into the page cache takes microseconds, and an event that could be told before it is written down
/// could be acknowledged and lost by one crash.
package final class EventLog: Sendable {
    /// Events that may wait for an acknowledgement, those of earlier starts included. At this mark the bridge takes no new work: nothing
    /// durable is ever dropped.
    package static let capacity = 100_000
    /// Subjects whose newest signal is kept.
    private static let signalCapacity = 4_096

    private struct State {
        let journal: EventJournal?
        var events = PendingEvents()
        /// What earlier starts have left, the oldest first.
        var former: [(epoch: UInt64, events: PendingEvents)]
        var nextPosition: UInt64 = 1
        /// Last sequence of each stream that is still written to.
        var sequences: [BridgeEvent.Stream: UInt64] = [:]
        var signals: [SignalSubject: BridgeSignal] = [:]
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
        /// The bridge goes down: nobody waits any more.
        var isClosing = false
    }

    private let epoch: UInt64
    private let state: Mutex<State>

    /// - Parameters:
    ///   - epoch: of this start.
    ///   - journal: keeps the events over a crash; without one they are in memory only.
    package init(epoch: UInt64 = 1, journal: sending EventJournal? = nil) {
        self.epoch = epoch
        let former = (journal?.former ?? []).map { (epoch: $0.epoch, events: PendingEvents($0.events)) }
        state = Mutex(State(journal: journal, former: former))
    }

    /// Whether there is room for the events that new work would bring.
    package var hasRoom: Bool {
        state.withLock { state in state.former.reduce(state.events.count) { $0 + $1.events.count } < Self.capacity }
    }

    /// Events that nobody has acknowledged yet, those of earlier starts included.
    package var pendingCount: Int { state.withLock { state in state.former.reduce(state.events.count) { $0 + $1.events.count } } }

    /// Earlier starts whose events nobody has acknowledged yet, the oldest first.
    package var formerEpochs: [UInt64] { state.withLock { $0.former.map(\.epoch) } }

    /// Whether somebody waits for news.
    package var hasWaiters: Bool { state.withLock { !$0.waiters.isEmpty } }

    /// - Parameter at: milliseconds since 1970 UTC.
    package func append(_ changes: [(stream: BridgeEvent.Stream, change: BridgeEvent.Change)], signals: [BridgeSignal], at: Int64) {
        guard !changes.isEmpty || !signals.isEmpty else { return }
        let waiters = state.withLock { state in
            for (stream, change) in changes { Self.append(change, to: stream, at: at, &state) }
            state.journal?.append(state.events.suffix(changes.count))
            for signal in signals where state.signals.count < Self.signalCapacity || state.signals[signal.subject] != nil {
                state.signals[signal.subject] = signal
            }
            return Self.takeWaiters(&state)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// What an earlier start has left: forgets everything up to `acknowledged`, and returns what comes after it.
    package func next(of former: UInt64, acknowledged: UInt64) -> EventsAnswer {
        state.withLock { state in
            guard let index = state.former.firstIndex(where: { $0.epoch == former }) else { return EventsAnswer(events: [], signals: []) }
            state.former[index].events.acknowledge(acknowledged)
            state.journal?.acknowledge(acknowledged, of: former)
            defer { if state.former[index].events.isEmpty { state.former.remove(at: index) } }
            return EventsAnswer(events: state.former[index].events.page, signals: [])
        }
    }

    private static func append(_ change: BridgeEvent.Change, to stream: BridgeEvent.Stream, at: Int64, _ state: inout State) {
        let position = state.nextPosition
        state.nextPosition += 1
        let sequence = state.sequences[stream].map { $0 + 1 } ?? first(of: stream, at: position)
        state.events.append(BridgeEvent(position: position, stream: stream, sequence: sequence, atMilliseconds: at, change: change))
        switch change {
        case .callEnded, .roomEnded, .trunkUp, .trunkDown: state.sequences[stream] = nil
        default: state.sequences[stream] = sequence
        }
    }

    /// A call's stream is opened once. A room's may close and open again, and must not use a number twice: it starts at the log's position. So
    /// does each event of a trunk, whose stream would otherwise be kept for ever.
    private static func first(of stream: BridgeEvent.Stream, at position: UInt64) -> UInt64 {
        switch stream {
        case .call: 1
        case .room, .trunk: position
        }
    }

    private static func takeWaiters(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        defer { state.waiters.removeAll() }
        return Array(state.waiters.values)
    }

    /// Forgets everything up to `acknowledged` and returns what comes after it; waits up to `wait` if there is nothing.
    package func next(acknowledged: UInt64, wait: Duration) async -> EventsAnswer {
        let first = take(after: acknowledged)
        guard first.events.isEmpty, first.signals.isEmpty, wait > .zero else { return first }
        await waitForNews(acknowledged: acknowledged, atMost: wait)
        return take(after: acknowledged)
    }

    private func take(after acknowledged: UInt64) -> EventsAnswer {
        state.withLock { state in
            state.events.acknowledge(acknowledged)
            state.journal?.acknowledge(min(acknowledged, state.nextPosition - 1), of: epoch)
            defer { state.signals.removeAll(keepingCapacity: true) }
            return EventsAnswer(events: state.events.page, signals: Array(state.signals.values))
        }
    }

    private func waitForNews(acknowledged: UInt64, atMost wait: Duration) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withCheckedContinuation { continuation in
            let isNews = state.withLock { state in
                // What came between the look and the wait must not be waited for.
                if state.isClosing || !state.events.isEmpty || !state.signals.isEmpty { return true }
                state.waiters[id] = continuation
                return false
            }
            guard !isNews else { return continuation.resume() }
            // Begun only now, so that it cannot ring before there is somebody to wake.
            Task {
                try? await Task.sleep(for: wait)
                self.release(id)
            }
        }
    }

    private func release(_ id: UInt64) {
        state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }

    /// Waits until everything is acknowledged, at most `limit`: the bridge is about to go.
    package func drained(atMost limit: Duration) async {
        let step = Duration.milliseconds(20)
        var waited = Duration.zero
        while waited < limit, state.withLock({ !$0.events.isEmpty }) {
            try? await Task.sleep(for: step)
            waited += step
        }
    }

    /// Ends every wait, those to come as well: the bridge goes down, and a request that waits would hold it up.
    package func releaseAll() {
        let waiters = state.withLock { state in
            state.isClosing = true
            return Self.takeWaiters(&state)
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// What an ephemeral signal is about: of two with the same subject only the newer is told.
private enum SignalSubject: Hashable {
    case sections(RoomSlug, PeerID)
    case participant(RoomSlug, ParticipantID)
    case speaking(RoomSlug)
    case locked(RoomSlug)
}

extension BridgeSignal {
    fileprivate var subject: SignalSubject {
        switch self {
        case .sections(let room, let peer, _): .sections(room, peer)
        case .participant(let room, let participant): .participant(room, participant.id)
        case .speaking(let room, _): .speaking(room)
        case .locked(let room, _): .locked(room)
        }
    }
}
