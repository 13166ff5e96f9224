import ICE

/// What the engine of a room tells the room.
public enum RoomEvent: Equatable, Sendable {
    /// STUN with this local ufrag is for that leg from now on.
    case transportOpened(LegID, ufrag: String)
    case transportClosed(LegID, ufrag: String)
    /// After an ICE restart: STUN with this local ufrag is for nobody any more.
    case ufragForgotten(String)
    /// The leg's browser has proven this address: what comes from it is the leg's.
    case addressLearned(LegID, TransportAddress)
    /// The leg has too many addresses; this one was quiet longest.
    case addressForgotten(LegID, TransportAddress)
    /// DTLS and SRTP are up.
    case mediaUp(LegID)
    /// The connection is over; `closed` if the browser itself said so.
    case mediaDown(LegID, closed: Bool)
    /// Why a connection failed, for the log; `mediaDown` follows.
    case transportFailed(LegID, reason: String)
    /// Who is heard in which section, or how many sections are needed, is another than before.
    case sectionsChanged(LegID)
    /// A phone's far end hung up.
    case farEndHungUp(LegID)
}

/// The receive sections of one browser as the engine sees them.
public struct SectionPlan: Equatable, Sendable {
    /// Receive-audio sections that the browser needs in all.
    public var audioSections: Int
    /// mid → the leg that is heard there.
    public var sources: [String: LegID]
    /// Receive-video sections that the browser needs in all.
    public var videoSections = 0
    /// mid → the picture that is shown there.
    public var pictures: [String: VideoSourceID] = [:]
    /// Which of its own pictures anybody shows.
    public var uploads: VideoSourceID.Kinds = []
}
