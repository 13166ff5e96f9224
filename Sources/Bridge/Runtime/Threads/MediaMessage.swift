import Domain

/// What another thread asks of a media thread; it is done between two wake-ups, never beside a packet.
enum MediaMessage: Sendable {
    case command(BridgeCommand, reply: @Sendable (BridgeAnswer) -> Void)
    /// µ-law at 8 kHz; `nil` if it could not be spoken.
    case speech(CallID, room: RoomSlug, [UInt8]?)
    /// What the phone side reports of a call.
    case phone(CallID, room: RoomSlug, PhoneNews)
    case snapshot(reply: @Sendable (ThreadSnapshot) -> Void)
    /// Ends every call and every place, says so, and stops.
    case stop(done: @Sendable () -> Void)
}

/// Who is there at one moment.
package struct ThreadSnapshot: Sendable {
    package var rooms: [RoomRoster]
    package var liveCalls: [CallID]
}
