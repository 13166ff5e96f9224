/// What the web side wants to know of a bridge: nothing is changed, and the answer is of this moment.
public enum BridgeQuery: Codable, Sendable, Equatable {
    /// Rooms by name, those after `after`, `limit` at most.
    case rooms(after: RoomSlug?, limit: Int)
    case room(RoomSlug)
    /// Where these extensions are registered, by their digits.
    case contacts(extensions: [String])
}

/// What a bridge knows.
public enum BridgeReport: Codable, Sendable, Equatable {
    /// By name.
    case rooms([RoomState])
    /// By the digits of the extensions; those without a registered phone are not in it.
    case contacts([String: [RegisteredContact]])
}

/// A room at this moment.
public struct RoomState: Codable, Sendable, Equatable {
    public var room: RoomSlug
    public var isLocked: Bool
    /// In the order in which they came.
    public var participants: [Presence]

    /// Somebody in a room, and for how long.
    public struct Presence: Codable, Sendable, Equatable {
        public var participant: Participant
        /// Since the join, or a phone's answer.
        public var milliseconds: Int64

        public init(participant: Participant, milliseconds: Int64) {
            self.participant = participant
            self.milliseconds = milliseconds
        }
    }

    public init(room: RoomSlug, isLocked: Bool, participants: [Presence]) {
        self.room = room
        self.isLocked = isLocked
        self.participants = participants
    }
}

/// A telephone that is registered as an extension.
public struct RegisteredContact: Codable, Sendable, Equatable {
    /// Where it is reached: the IP address and port that its REGISTER came from.
    public var address: String
    /// What it calls itself; empty where it said nothing. It is the telephone's own text.
    public var userAgent: String
    /// Until the registration ends, unless it is renewed.
    public var expiresInSeconds: Int

    public init(address: String, userAgent: String, expiresInSeconds: Int) {
        self.address = address
        self.userAgent = userAgent
        self.expiresInSeconds = expiresInSeconds
    }
}
