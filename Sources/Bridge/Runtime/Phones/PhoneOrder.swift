import Domain

/// What a media thread asks of the phone side: the SIP thread, which all rooms share.
package enum PhoneOrder: Sendable {
    /// Reach the far end of a call; its RTP port is open.
    case place(PhoneCall)
    /// The call is over for the room: cancel it, or hang it up.
    case hangUp(CallID)
    /// Whether a browser is there. Without one no other trunk is tried.
    case attended(CallID, Bool)
}

/// A call to a telephone or an extension, as its room gives it away.
package struct PhoneCall: Sendable, Equatable {
    package var call: CallID
    package var room: RoomSlug
    package var route: DialRoute
    /// Our RTP port; RTCP is one higher.
    package var rtpPort: UInt16
    /// How long the far end may ring, over all attempts.
    package var ringLimit: Duration

    package init(call: CallID, room: RoomSlug, route: DialRoute, rtpPort: UInt16, ringLimit: Duration) {
        self.call = call
        self.room = room
        self.route = route
        self.rtpPort = rtpPort
        self.ringLimit = ringLimit
    }
}
