/// The bridge's answer to a `BridgeCommand`.
public enum BridgeAnswer: Codable, Sendable, Equatable {
    /// To `join`: everyone who is in the room now, the newcomer included, and whether it is locked.
    case joined(participants: [Participant], isLocked: Bool)
    /// To `offer`: the SDP answer, and who is heard or seen in which section.
    case answered(sdp: String, sections: MediaSections)
    /// To `trunkReport` and `testTrunk`.
    case trunk(TrunkReport)
    /// To `query`.
    case report(BridgeReport)
    /// To everything else: it is under way; what comes of it is an event.
    case accepted
    /// Not done, and why.
    case refused(BridgeRefusal)
}

/// Why the bridge did not do what it was asked; nothing was changed.
public enum BridgeRefusal: String, Error, Codable, Sendable {
    /// No such room, or the peer is not in it (any more): join again.
    case unknownPeer = "unknown_peer"
    /// No such call, or it is over.
    case unknownCall = "unknown_call"
    /// The far end has agreed on no telephone-event (RFC 4733), or is one of our own making.
    case dtmfNotNegotiated = "dtmf_not_negotiated"
    /// The call is not answered yet.
    case notAnswered = "not_answered"
    /// The room is full.
    case roomFull = "room_full"
    /// A host has locked the room.
    case roomLocked = "room_locked"
    /// Nobody of that name is in the room.
    case unknownParticipant = "unknown_participant"
    /// The bridge knows no such trunk.
    case unknownTrunk = "unknown_trunk"
    /// The bridge is at its limit of rooms, calls or peers.
    case atCapacity = "at_capacity"
    /// The SDP offer could not be read or breaks the rules of `docs/protocol.md`.
    case invalidOffer = "invalid_offer"
    /// The bridge is going down and takes nothing new.
    case shuttingDown = "shutting_down"
    /// The room has nobody with a media connection, so nobody would hear the phone.
    case nobodyThere = "nobody_there"
    /// A fault of ours; that call or peer is affected, nothing else.
    case internalError = "internal_error"
}

/// What a page needs to know of its receive sections.
public struct MediaSections: Codable, Sendable, Equatable {
    /// Receive sections the peer needs in all. The page adds `recvonly` transceivers up to this and offers again.
    public var audio: Int
    public var video: Int
    /// mid → who is heard or seen there.
    public var tracks: [String: TrackSource]
    /// Whether anybody shows the browser's own camera, and its screen.
    public var upload: Upload
    /// Grows with each that a bridge makes of one room: an answer and a signal go different ways, and the older one may come later.
    public var revision: UInt64

    /// Which of a browser's pictures are worth sending.
    public struct Upload: Codable, Sendable, Equatable {
        public var camera: Bool
        public var screen: Bool

        public init(camera: Bool = false, screen: Bool = false) {
            self.camera = camera
            self.screen = screen
        }
    }

    public init(audio: Int, video: Int, tracks: [String: TrackSource], upload: Upload = Upload(), revision: UInt64 = 0) {
        self.revision = revision
        self.upload = upload
        self.audio = audio
        self.video = video
        self.tracks = tracks
    }
}

/// What is heard or seen of a participant.
public struct TrackSource: Codable, Sendable, Equatable {
    /// A voice, the picture of a camera, what somebody shows of a screen.
    public enum Kind: String, Codable, Sendable { case audio, video, screen }
    public var participant: ParticipantID
    public var kind: Kind

    public init(participant: ParticipantID, kind: Kind) {
        self.participant = participant
        self.kind = kind
    }
}
