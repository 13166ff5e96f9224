/// Who is in one room at one moment.
public struct RoomRoster: Codable, Sendable, Equatable {
    public var room: RoomSlug
    public var participants: [Participant]

    public init(room: RoomSlug, participants: [Participant]) {
        self.room = room
        self.participants = participants
    }
}
