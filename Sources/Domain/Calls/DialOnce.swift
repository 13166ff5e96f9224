/// A link dials once per load of the page: not again by a reload, a second visitor, a reconnect or a restart.
///
/// The store gathers `Facts` under the room's row lock, in the transaction that will write the decision, so that two
/// dials into one room are decided one after the other. The rule itself is this one function: same facts, same decision.
/// It is a courtesy to the person who is called, since the browser chooses its load; against abuse stands FraudGuard.
public enum DialOnce {
    /// Wishes of one load that one live call answers, and those of all loads: each is a row until the call is forgotten.
    public static let wishesPerLoad = 16
    public static let wishesPerCall = 1_000

    /// What the store knows, at this moment, of one `DialRequest`.
    public struct Facts: Sendable, Equatable {
        /// The call of the same load and key, however it stands.
        public var sameKey: CallSnapshot?
        /// A call in the room to the same target that has not ended.
        public var live: CallSnapshot?
        /// The call that this load's link has made before, under whatever key.
        public var ownLinkCall: CallSnapshot?
        /// Whether another load that is still connected to the room has made a call to the same target by its link.
        public var firedByAnother: Bool

        public init(
            sameKey: CallSnapshot? = nil, live: CallSnapshot? = nil, ownLinkCall: CallSnapshot? = nil, firedByAnother: Bool = false
        ) {
            self.sameKey = sameKey
            self.live = live
            self.ownLinkCall = ownLinkCall
            self.firedByAnother = firedByAnother
        }
    }

    public enum Decision: Sendable, Equatable {
        /// Insert a new call, and dial.
        case place
        /// The same wish as before: tell how its call stands, and dial nothing.
        case known(CallSnapshot)
        /// The phone is ringing or talking here already: take that call as this wish's, and cancel its grace.
        case attach(CallSnapshot)
        /// The link has done its work here: dial nothing.
        case alreadyFired
    }

    public static func decide(_ request: DialRequest, _ facts: Facts) -> Decision {
        // A frame that is sent again (the answer was lost, the socket changed) is the same wish.
        if let call = facts.sameKey { return .known(call) }
        // Nobody is called twice at once from one room, not even on purpose.
        if let call = facts.live { return .attach(call) }
        switch request.origin {
        case .api:
            // A program has said so, and its key is the operator's word.
            return .place
        case .user:
            // A person pressed «Call again» and sees what it does.
            return .place
        case .url:
            if let call = facts.ownLinkCall { return .known(call) }
            // The tab that this one was copied from has the link's dial.
            if request.load.isCopy { return .alreadyFired }
            return facts.firedByAnother ? .alreadyFired : .place
        }
    }
}
