/// One durable event of the bridge: applied once by the web side, in order within its stream, then acknowledged.
public struct BridgeEvent: Codable, Sendable, Equatable {
    /// What the events of one stream are about; each stream is numbered by itself.
    public enum Stream: Codable, Sendable, Hashable {
        case room(RoomSlug)
        case call(CallID)
        case trunk(TrunkID)
    }

    /// The bridge's whole-log position, 1, 2, 3… within an epoch: the cursor that acknowledges.
    public var position: UInt64
    public var stream: Stream
    /// Strictly increasing within the stream (a call's begins at 1). With bridge id, epoch and stream it names the event for ever.
    public var sequence: UInt64
    /// When it happened by the bridge's clock, milliseconds since 1970 UTC.
    public var atMilliseconds: Int64
    public var change: Change

    public init(position: UInt64, stream: Stream, sequence: UInt64, atMilliseconds: Int64, change: Change) {
        self.position = position
        self.stream = stream
        self.sequence = sequence
        self.atMilliseconds = atMilliseconds
        self.change = change
    }

    /// What happened.
    public enum Change: Codable, Sendable, Equatable {
        // In a room's stream.
        case participantJoined(room: RoomSlug, Participant)
        case participantUpdated(room: RoomSlug, Participant)
        case participantLeft(room: RoomSlug, ParticipantID)
        /// The last participant is gone and the room is forgotten.
        case roomEnded(room: RoomSlug)
        // In a call's stream.
        case callDialling(room: RoomSlug)
        case callRinging(room: RoomSlug, earlyMedia: Bool)
        case callAnswered(room: RoomSlug)
        /// One try to reach the far end is over, well or badly; a call over trunks has one or more, before its answer or end.
        case callAttempted(room: RoomSlug, CallAttempt)
        case callEnded(room: RoomSlug, CallEnding)
        // In a trunk's stream.
        /// It can be reached, which was not known before.
        case trunkUp(TrunkCheck)
        /// It cannot be reached (any more).
        case trunkDown(TrunkCheck)
    }
}

/// The end of a call as the bridge saw it.
public struct CallEnding: Codable, Sendable, Equatable {
    public var outcome: CallOutcome
    public var by: CallParty
    /// One sentence a person can act on; never holds a whole phone number.
    public var detail: String
    /// The final SIP status, where there was one.
    public var sipStatus: Int?
    /// ITU-T Q.850 cause, where there was one.
    public var q850Cause: Int?
    /// Seconds between answer and end, 0 if it was never answered.
    public var talkSeconds: Int
    /// How well the phone was heard; `nil` for what was never answered, and for a far end of our own making.
    public var quality: CallQuality?

    public init(
        outcome: CallOutcome, by: CallParty, detail: String, sipStatus: Int? = nil, q850Cause: Int? = nil, talkSeconds: Int,
        quality: CallQuality? = nil
    ) {
        self.quality = quality
        self.outcome = outcome
        self.by = by
        self.detail = detail
        self.sipStatus = sipStatus
        self.q850Cause = q850Cause
        self.talkSeconds = talkSeconds
    }
}
