/// One wish to phone somebody, as a page load stated it; every part is valid.
public struct DialRequest: Sendable, Equatable {
    /// Who pressed: the link itself (once per load), a person, or a program by REST, which has a load of its own for each call.
    public enum Origin: String, Codable, Sendable { case url, user, api }

    public var room: RoomSlug
    /// The browser that asks; `nil` for a call by REST.
    public var peer: PeerID?
    public var load: LoadID
    public var key: DialKey
    public var origin: Origin
    public var target: DialTarget
    /// Pinned means pinned: no other trunk is ever tried.
    public var trunk: TrunkID?
    /// Where the browser is; `nil` for a call that no browser asks for.
    public var client: IPAddress?
    /// The signed link by which the browser joined, verified.
    public var signed: SignedLink?
    /// The link by which the browser joined, if this is its dial and the number is hidden: `target` and `trunk` are the link's then.
    public var hidden: LinkID?
    /// What a program by REST asks for beyond that.
    public var wish: ProgramWish?

    public init(
        room: RoomSlug, peer: PeerID?, load: LoadID, key: DialKey, origin: Origin, target: DialTarget, trunk: TrunkID?, client: IPAddress? = nil,
        signed: SignedLink? = nil, hidden: LinkID? = nil, wish: ProgramWish? = nil
    ) {
        self.hidden = hidden
        self.wish = wish
        self.room = room
        self.peer = peer
        self.load = load
        self.key = key
        self.origin = origin
        self.target = target
        self.trunk = trunk
        self.client = client
        self.signed = signed
    }
}

/// What only a program may ask for, whose key is the operator's word.
public struct ProgramWish: Sendable, Equatable {
    /// What the roster shows for the phone, in the place of its (masked) number.
    public var label: ShortLabel?
    /// Seconds that the call may last; the installation's own limit holds in any case.
    public var maximumSeconds: Int?
    /// Seconds that the phone waits, from its answer, for the first browser.
    public var waitSeconds: Int

    public init(label: ShortLabel? = nil, maximumSeconds: Int? = nil, waitSeconds: Int) {
        self.label = label
        self.maximumSeconds = maximumSeconds
        self.waitSeconds = waitSeconds
    }
}

/// What the transaction of a dial came to.
public enum DialVerdict: Sendable, Equatable {
    /// A new call row; the bridge is to be told.
    case placed(CallSnapshot, DialCommand)
    /// A new call row that has ended already: nothing goes out.
    case refused(CallSnapshot)
    /// Refused, and without a row: so many were refused before that they are only counted.
    case turnedAway(CallReason, GuardRefusal?)
    /// This load asked with this key before: the call as it is now.
    case known(CallSnapshot)
    /// A live call to this target is already in the room: it is taken as this dial's.
    case attached(CallSnapshot)
    /// Another load that is still connected has fired this target by its link: nothing is dialled.
    case alreadyFired
}
