/// The books of one call: what the bridge reports goes in, and exactly one outcome comes out.
///
/// `queued → dialling → ringing → answered → ended`; any state may be skipped, none is gone back to.
/// The first end counts. What comes after it is kept in the timeline as late and changes nothing.
public struct CallLedger: Sendable, Equatable {
    public private(set) var call: CallSnapshot

    public init(_ call: CallSnapshot) {
        self.call = call
    }

    /// What an event did to the books.
    public enum Entry: Sendable, Equatable {
        /// The call moved on; it has not ended.
        case advanced
        /// Worth a line in the timeline; the call stands as it stood.
        case noted
        /// The call got its one outcome by this.
        case ended
        /// Of an earlier state than the call's, or not about this call: a legal race, nothing changed.
        case ignored
        /// The books were closed before, nothing changed. If the call is still up at the bridge, it must be ordered down.
        case late(stillUp: Bool)
    }

    /// Enters one durable event of this call's stream; `atMilliseconds` is the event's time, milliseconds since 1970 UTC.
    public mutating func enter(_ change: BridgeEvent.Change, atMilliseconds: Int64) -> Entry {
        switch change {
        case .callDialling(let room):
            return advance(to: .dialling, in: room)
        case .callRinging(let room, let earlyMedia):
            // Early media may begin while it rings; it does not stop before the answer.
            let begins = earlyMedia && !call.earlyMedia && call.state <= .ringing && room == call.room
            if begins { call.earlyMedia = true }
            let entry = advance(to: .ringing, in: room)
            return entry == .ignored && begins ? .advanced : entry
        case .callAnswered(let room):
            let entry = advance(to: .answered, in: room)
            if entry == .advanced { call.answeredAt = max(atMilliseconds, call.queuedAt) }
            return entry
        case .callAttempted(let room, _):
            guard room == call.room else { return .ignored }
            return call.state == .ended ? .late(stillUp: false) : .noted
        case .callEnded(let room, let ending):
            guard room == call.room else { return .ignored }
            let reason = CallReason(code: ending.outcome.rawValue, text: ending.detail)
            return close(ending.outcome, reason: reason, talkSeconds: ending.talkSeconds, atMilliseconds: atMilliseconds)
        case .participantJoined, .participantUpdated, .participantLeft, .roomEnded, .trunkUp, .trunkDown:
            return .ignored
        }
    }

    /// Ends the call from this side: refused, no longer sent because it expired, or its bridge is gone.
    ///
    /// An empty or missing reason becomes the outcome's own; `completed` needs none.
    public mutating func close(
        _ outcome: CallOutcome, reason: CallReason? = nil, talkSeconds: Int = 0, atMilliseconds: Int64
    ) -> Entry {
        guard call.state != .ended else { return .late(stillUp: false) }
        call.state = .ended
        call.outcome = outcome
        if outcome != .completed {
            let code = reason?.code ?? outcome.rawValue
            let text = reason?.text ?? ""
            call.reason = CallReason(code: code, text: text.isEmpty ? outcome.sentence : text)
        }
        // Two clocks may differ; a call never ends before it began.
        call.endedAt = max(atMilliseconds, call.answeredAt ?? call.queuedAt)
        call.talkSeconds = max(0, talkSeconds)
        return .ended
    }

    private mutating func advance(to state: CallState, in room: RoomSlug) -> Entry {
        guard room == call.room else { return .ignored }
        guard call.state != .ended else { return .late(stillUp: true) }
        guard call.state < state else { return .ignored }
        call.state = state
        return .advanced
    }
}
