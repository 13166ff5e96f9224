/// A call as its row stands at one moment.
public struct CallSnapshot: Sendable, Equatable {
    public var id: CallID
    public var room: RoomSlug
    public var target: DialTarget
    public var trunk: TrunkID?
    /// What the roster and the call card show.
    public var label: String
    public var state: CallState
    public var earlyMedia: Bool
    /// Set exactly when `state` is `ended`.
    public var outcome: CallOutcome?
    /// A stable code and a sentence for a person, once it ended otherwise than `completed`.
    public var reason: CallReason?
    public var origin: DialRequest.Origin
    /// The load and key that asked for it.
    public var load: LoadID
    public var key: DialKey
    /// Milliseconds since 1970 UTC, as are all that follow.
    public var queuedAt: Int64
    /// After this a call that is still queued is not sent to the bridge any more.
    public var expiresAt: Int64
    public var answeredAt: Int64?
    public var endedAt: Int64?
    public var talkSeconds: Int
    /// What FraudGuard refused it for; only with `blocked` and `invalid_number`.
    public var refusal: GuardRefusal?
    /// The link that granted it.
    public var link: LinkID?
    /// No browser may see a digit of the number.
    public var hidesNumber: Bool

    /// What stands for a number that is hidden.
    public static let hiddenLabel = "Phone"

    public init(
        id: CallID, room: RoomSlug, target: DialTarget, trunk: TrunkID?, label: String, state: CallState, earlyMedia: Bool,
        outcome: CallOutcome?, reason: CallReason?, origin: DialRequest.Origin, load: LoadID, key: DialKey,
        queuedAt: Int64, expiresAt: Int64, answeredAt: Int64?, endedAt: Int64?, talkSeconds: Int,
        refusal: GuardRefusal? = nil, link: LinkID? = nil, hidesNumber: Bool = false
    ) {
        self.id = id
        self.room = room
        self.target = target
        self.trunk = trunk
        self.label = label
        self.state = state
        self.earlyMedia = earlyMedia
        self.outcome = outcome
        self.reason = reason
        self.origin = origin
        self.load = load
        self.key = key
        self.queuedAt = queuedAt
        self.expiresAt = expiresAt
        self.answeredAt = answeredAt
        self.endedAt = endedAt
        self.talkSeconds = talkSeconds
        self.refusal = refusal
        self.link = link
        self.hidesNumber = hidesNumber
    }
}

/// Why a call ended as it did: a code that programs may rely on and a sentence that a person can act on.
public struct CallReason: Codable, Sendable, Equatable {
    public var code: String
    public var text: String

    public init(code: String, text: String) {
        self.code = code
        self.text = text
    }
}
