import Domain

/// One frame of a browser, read and checked: every part of it is valid.
package enum ClientFrame: Sendable, Equatable {
    case join(JoinFrame)
    case offer(sdp: String)
    /// Accepted and not needed: the server is ICE-lite.
    case candidate
    case dial(DialFrame)
    case hangup(CallID)
    /// What is to be keyed into a phone.
    case dtmf(CallID, DTMFDigits)
    case update(Switches)
    /// The pictures that the page shows, most important first.
    case view([TrackSource])
    case mute(ParticipantID, on: Bool)
    case kick(ParticipantID)
    case lock(on: Bool)
    case end
    case chat(ChatText)
    case leave
    case ping

    /// What the frame calls itself on the wire.
    package var type: String {
        switch self {
        case .join: "join"
        case .offer, .candidate: "signal"
        case .dial: "dial"
        case .hangup: "hangup"
        case .dtmf: "dtmf"
        case .update: "update"
        case .view: "view"
        case .mute: "mute"
        case .kick: "kick"
        case .lock: "lock"
        case .end: "end"
        case .chat: "chat"
        case .leave: "leave"
        case .ping: "ping"
        }
    }
}

/// A browser that wants a place in a room.
package struct JoinFrame: Sendable, Equatable {
    /// `nil` only with a `slug`: the link says it.
    package var room: RoomSlug?
    /// `nil` only with a `slug`: the link says it, or it is asked for.
    package var name: DisplayName?
    package var load: LoadID
    /// The token of an earlier welcome; not checked yet.
    package var resume: String?
    /// The query of a signed link, as the page has it; not checked yet.
    package var link: String?
    /// The link that hides its number; not looked up yet.
    package var slug: LinkSlug?

    package init(
        room: RoomSlug?, name: DisplayName?, load: LoadID, resume: String? = nil, link: String? = nil, slug: LinkSlug? = nil
    ) {
        self.slug = slug
        self.link = link
        self.room = room
        self.name = name
        self.load = load
        self.resume = resume
    }
}

/// A browser that wants somebody phoned.
package struct DialFrame: Sendable, Equatable {
    package enum Wish: Sendable, Equatable {
        case number(DialTarget, trunk: TrunkID?)
        /// Whom the link means by which the browser came: it does not know the number.
        case link(LinkSlug)
    }

    package var wish: Wish
    package var origin: DialRequest.Origin
    /// `nil` means the load's automatic key.
    package var key: DialKey?

    package init(target: DialTarget, trunk: TrunkID? = nil, origin: DialRequest.Origin = .url, key: DialKey? = nil) {
        self.init(.number(target, trunk: trunk), origin: origin, key: key)
    }

    package init(_ wish: Wish, origin: DialRequest.Origin = .url, key: DialKey? = nil) {
        self.wish = wish
        self.origin = origin
        self.key = key
    }
}
