/// One wish to phone somebody, as a page load stated it; every part is valid.
public struct DialRequest: Sendable, Equatable {
    /// Who pressed: the link itself (once per load) or a person.
    public enum Origin: String, Codable, Sendable { case url, user }

    public var room: RoomSlug
    public var peer: PeerID
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

    public init(
        room: RoomSlug, peer: PeerID, load: LoadID, key: DialKey, origin: Origin, target: DialTarget, trunk: TrunkID?, client: IPAddress? = nil,
        signed: SignedLink? = nil, hidden: LinkID? = nil
    ) {
        self.hidden = hidden
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
