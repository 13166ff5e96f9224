import Domain
import Store

/// A bridge as its events tell of it: positions and sequences count by themselves.
struct Bridge {
    var id = "bridge-1"
    var epoch: UInt64 = 1
    private var position: UInt64 = 0
    private var sequences: [BridgeEvent.Stream: UInt64] = [:]

    init(epoch: UInt64 = 1) { self.epoch = epoch }

    mutating func event(_ call: CallSnapshot, _ change: BridgeEvent.Change, at: Int64 = start) -> BridgeEvent {
        event(.call(call.id), change, at: at)
    }

    mutating func event(_ stream: BridgeEvent.Stream, _ change: BridgeEvent.Change, at: Int64 = start) -> BridgeEvent {
        position += 1
        sequences[stream, default: 0] += 1
        return BridgeEvent(
            position: position, stream: stream, sequence: sequences[stream, default: 0], atMilliseconds: at, change: change)
    }

    /// The whole life of a call that was answered.
    mutating func life(of call: CallSnapshot, outcome: CallOutcome = .completed) -> [BridgeEvent] {
        [
            event(call, .callDialling(room: call.room), at: start + 1_000),
            event(call, .callRinging(room: call.room, earlyMedia: true), at: start + 2_000),
            event(call, .callAnswered(room: call.room), at: start + 3_000),
            event(call, .ended(call, outcome), at: start + 9_000),
        ]
    }

    @discardableResult
    func hello(_ store: Store, live: [CallID] = [], at: Int64 = start) async throws -> BridgeEpoch {
        try await store.beginEpoch(bridge: id, epoch: epoch, liveCalls: live, now: at)
    }

    @discardableResult
    func send(_ event: BridgeEvent, to store: Store) async throws -> AppliedEvent {
        try await store.apply(event, bridge: id, epoch: epoch, now: event.atMilliseconds)
    }

    func take(_ call: CallSnapshot, from store: Store) async throws {
        guard try await store.markSent(call.id, bridge: id, epoch: epoch, now: start) else { throw Unexpected() }
    }
}

extension BridgeEvent.Change {
    static func ended(_ call: CallSnapshot, _ outcome: CallOutcome, detail: String = "It ended.") -> Self {
        .callEnded(
            room: call.room,
            CallEnding(outcome: outcome, by: .phone, detail: detail, sipStatus: 200, q850Cause: 16, talkSeconds: 6))
    }
}
