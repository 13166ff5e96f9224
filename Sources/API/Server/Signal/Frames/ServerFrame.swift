import Domain

/// One frame to a browser.
package enum ServerFrame: Sendable, Equatable {
    case welcome(Welcome)
    /// The answer to an offer.
    case answer(sdp: String)
    /// The receive sections that the page should offer in all.
    case media(audio: Int, video: Int)
    /// mid → who is heard or seen there; the whole map each time.
    case tracks([String: TrackSource])
    /// Whether anybody shows the browser's own pictures.
    case upload(MediaSections.Upload)
    case peerJoined(Participant)
    case peerUpdated(Participant)
    case peerLeft(ParticipantID)
    case dialStatus(DialStatus)
    case chat(ChatMessage)
    /// The room was locked or unlocked.
    case locked(Bool)
    /// Who speaks now, loudest first.
    case speaking([ParticipantID])
    case error(SignalFault)
    case pong
}

/// The answer to a join.
package struct Welcome: Sendable, Equatable {
    package var peer: PeerID
    package var room: RoomSlug
    /// Everyone in the room, the newcomer included.
    package var peers: [Participant]
    /// Takes the place back after a lost socket.
    package var resume: String
    /// Whether the place of an earlier socket was taken back.
    package var resumed: Bool
    /// The live calls of the room.
    package var calls: [DialStatus]
    /// Whether this browser came by a host's link.
    package var isHost: Bool
    package var isLocked: Bool

    package init(
        peer: PeerID, room: RoomSlug, peers: [Participant], resume: String, resumed: Bool, calls: [DialStatus], isHost: Bool = false,
        isLocked: Bool = false
    ) {
        self.isHost = isHost
        self.isLocked = isLocked
        self.peer = peer
        self.room = room
        self.peers = peers
        self.resume = resume
        self.resumed = resumed
        self.calls = calls
    }
}
