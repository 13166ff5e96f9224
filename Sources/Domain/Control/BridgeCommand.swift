/// What the web side asks of the bridge: the request/answer lane between the wings.
public enum BridgeCommand: Codable, Sendable, Equatable {
    /// A browser takes its place in a room (or takes it back: same `peer`).
    case join(JoinCommand)
    /// A browser left on purpose.
    case leave(room: RoomSlug, peer: PeerID)
    /// The browser's socket is gone. Its media may still be there: the bridge decides when it has left.
    case socketLost(room: RoomSlug, peer: PeerID)
    /// An SDP offer of a browser; answered with `.answered`.
    case offer(room: RoomSlug, peer: PeerID, sdp: String)
    /// The browser's own switches, shown to the others.
    case update(room: RoomSlug, peer: PeerID, Switches)
    /// The pictures that the browser's page shows, most important first: it is sent no others.
    case view(room: RoomSlug, peer: PeerID, [TrackSource])
    /// Place a call into a room.
    case dial(DialCommand)
    /// End a call.
    case hangup(call: CallID, by: CallParty)
    /// Key digits into an answered call, as RFC 4733 events.
    case dtmf(call: CallID, DTMFDigits)
    /// A host has spoken. That it is one was decided by the web side.
    case moderate(room: RoomSlug, ModerationOrder)
    /// Trunks or extensions changed.
    case configure(BridgeSetup)
    /// How a trunk stands; answered with `.trunk`.
    case trunkReport(TrunkID)
    /// The same, after an OPTIONS that is sent now: within three seconds and the time of a lookup.
    case testTrunk(TrunkID)
    /// Answered with `.report`, also if the same id was asked before: it changes nothing.
    case query(BridgeQuery)
}

/// A browser's place in a room.
public struct JoinCommand: Codable, Sendable, Equatable {
    public var room: RoomSlug
    public var peer: PeerID
    public var name: DisplayName
    /// The page load that this browser is, as the page keeps it in its session storage.
    public var load: LoadID
    /// Whether it came by a host's link: it gets into a locked room.
    public var isHost: Bool

    public init(room: RoomSlug, peer: PeerID, name: DisplayName, load: LoadID, isHost: Bool = false) {
        self.isHost = isHost
        self.room = room
        self.peer = peer
        self.name = name
        self.load = load
    }
}

/// A call to place, with every limit that must hold while the web side may be down.
public struct DialCommand: Codable, Sendable, Equatable {
    public var call: CallID
    public var room: RoomSlug
    /// The far end of the call.
    public var target: DialRoute
    /// What the room's roster shows for the phone: a name or a (masked) number.
    public var label: String
    /// Seconds the phone stays after the last browser left.
    public var graceSeconds: Int
    /// Seconds the call may last after it was answered.
    public var maximumSeconds: Int
    /// Seconds the far end may ring, over all attempts.
    public var ringSeconds: Int
    /// The browser that asked: without a media connection of its own it rings nobody. `nil` if no browser asked.
    public var peer: PeerID?
    /// Seconds that the phone waits, from its answer, for the first browser: the room may be empty. `nil`: somebody must be there to hear it.
    public var waitSeconds: Int?

    public init(
        call: CallID, room: RoomSlug, target: DialRoute, label: String, graceSeconds: Int, maximumSeconds: Int, ringSeconds: Int = 60,
        peer: PeerID? = nil, waitSeconds: Int? = nil
    ) {
        self.waitSeconds = waitSeconds
        self.peer = peer
        self.ringSeconds = ringSeconds
        self.call = call
        self.room = room
        self.target = target
        self.label = label
        self.graceSeconds = graceSeconds
        self.maximumSeconds = maximumSeconds
    }
}

/// How the bridge reaches the far end.
public enum DialRoute: Codable, Sendable, Equatable {
    /// A built-in far end that says back what it hears.
    case echo
    /// A built-in far end that speaks a text, then hangs up.
    case announcement(Announcement)
    /// A telephone number, over the first of these trunks that can carry the call.
    case trunks(TrunkRoute)
    /// The phones that are registered as this extension, 2–6 digits.
    case registered(extension: String)

    /// The same far end, with this number shown to it in the place of the trunk's; `nil` changes nothing.
    public func presenting(_ callerID: E164Number?) -> DialRoute {
        guard let callerID, case .trunks(var route) = self else { return self }
        route.callerID = callerID.text
        return .trunks(route)
    }
}

/// How a number is reached over the telephone network.
public struct TrunkRoute: Codable, Sendable, Equatable {
    /// E.164 with its `+`.
    public var number: String
    /// In the order in which they are tried. One alone, if the link pins it.
    public var trunks: [TrunkID]
    /// E.164, shown to the phone that is called in the place of the trunk's; `nil` for the trunk's own.
    public var callerID: String?

    public init(number: String, trunks: [TrunkID], callerID: String? = nil) {
        self.callerID = callerID
        self.number = number
        self.trunks = trunks
    }
}

/// The spoken text of a virtual number.
public struct Announcement: Codable, Sendable, Equatable {
    /// What is spoken, at most 2,000 characters.
    public var text: String
    /// BCP 47 language of the voice, such as `en` or `de`.
    public var language: String
    /// Milliseconds of silence before the first word.
    public var leadSilenceMilliseconds: Int
    /// Whether it starts again at its end, until `maximumSeconds`.
    public var loop: Bool
    /// Seconds after which the number hangs up in any case.
    public var maximumSeconds: Int

    public init(text: String, language: String, leadSilenceMilliseconds: Int, loop: Bool, maximumSeconds: Int) {
        self.text = text
        self.language = language
        self.leadSilenceMilliseconds = leadSilenceMilliseconds
        self.loop = loop
        self.maximumSeconds = maximumSeconds
    }
}
