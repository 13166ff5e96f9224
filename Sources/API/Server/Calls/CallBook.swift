import Domain
import Store

/// What this process needs of the record of calls. `StoreCallBook` is the one there is; tests have their own.
package protocol CallBook: Sendable {
    // MARK: For the rooms

    func recordJoin(_ place: Place, now: Int64) async throws
    /// Judges the link that a browser joins with; `isReturn` if it was here before.
    func openLink(_ query: String?, room: RoomSlug, name: DisplayName, isReturn: Bool, now: Int64) async throws -> LinkOpening
    /// A link that hides its number, and why it does not open, if it does not; `nil` if there is none of this slug.
    func hiddenLink(_ slug: LinkSlug, now: Int64) async throws -> (link: HiddenLink, fault: LinkFault?)?
    func recordLeft(_ room: RoomSlug, _ peer: PeerID, now: Int64) async throws

    /// The one transaction of a dial.
    func dial(_ request: DialRequest, now: Int64) async throws -> DialVerdict
    func call(_ id: CallID) async throws -> CallSnapshot?
    func liveCalls(in room: RoomSlug) async throws -> [CallSnapshot]
    /// Notes that a queued call is about to be given to the bridge in `epoch`; `false` if it must not be (any more).
    func markSent(_ id: CallID, epoch: UInt64, now: Int64) async throws -> Bool
    /// Whether another process's bridge has the call.
    func isElsewhere(_ id: CallID) async throws -> Bool
    /// Ends a call of which no bridge has said anything yet; `nil` if one has, if its books are closed, or if another process's bridge has it.
    func endQueued(_ id: CallID, _ outcome: CallOutcome, _ reason: CallReason, by party: CallParty, now: Int64) async throws -> CallSnapshot?

    // MARK: From the bridge

    /// Brings the books in line with a bridge that said hello.
    func greet(_ hello: HelloAnswer, now: Int64) async throws -> BridgeBooks
    /// Applies a durable event once, however often it comes. One that can never be applied is parked, not thrown.
    func apply(_ event: BridgeEvent, epoch: UInt64, now: Int64) async throws -> EventEffect
    /// Ends all calls of the bridge, which is gone; they are returned.
    func bridgeLost(now: Int64) async throws -> [CallSnapshot]

    // MARK: Housekeeping

    /// Ends queued calls whose time is over; they are returned.
    ///
    /// - Parameter isUpToDate: whether everything that the bridge has reported is in the books.
    func expireQueued(isUpToDate: Bool, now: Int64) async throws -> [CallSnapshot]
    /// Queued calls that may still be sent, with what the bridge is to be told.
    func queuedCalls(now: Int64) async throws -> [(call: CallSnapshot, command: DialCommand)]

    // MARK: Processes beside this one

    /// Calls in `rooms` that another process's bridge has, and `following` as they stand now.
    func callsElsewhere(in rooms: [RoomSlug], following: [CallID]) async throws -> [CallSnapshot]
    /// When the bridges of other processes were last heard of, those that have something open; notes the same of this one's, if it is alive.
    func contacts(isAlive: Bool, now: Int64) async throws -> [String: Int64]
    /// Ends all calls of another process's bridge that nobody has heard of since `contact`; they are returned.
    func abandon(_ bridge: String, silentSince contact: Int64, now: Int64) async throws -> [CallSnapshot]

    // MARK: For the outside

    func record(of id: CallID) async throws -> CallRecord?
    /// A part of the list of calls, newest first.
    func calls(_ filter: CallFilter, _ page: PageRequest) async throws -> Page<ListedCall>
    /// The API key with this secret; `nil` if it is no valid one.
    func key(_ secret: String, now: Int64) async throws -> APIKey?
    func publicNumbers() async throws -> [VirtualNumber]
    func figures(now: Int64) async throws -> CallFigures
    /// Throws when the database cannot be used.
    func ping() async throws
}

/// What follows from a bridge's hello.
package struct BridgeBooks: Sendable, Equatable {
    /// Every event up to this position is applied.
    package var acknowledged: UInt64
    /// Calls that ended with the bridge's earlier start.
    package var ended: [CallSnapshot]
    /// Calls that are up at the bridge while their books are closed.
    package var hangUp: [CallID]

    package init(acknowledged: UInt64, ended: [CallSnapshot], hangUp: [CallID]) {
        self.acknowledged = acknowledged
        self.ended = ended
        self.hangUp = hangUp
    }
}

/// What an event has come to.
package struct EventEffect: Sendable, Equatable {
    /// The call as it stands now, for a call's event.
    package var call: CallSnapshot?
    /// The call's books were closed before, and it is still up: it must be ordered down.
    package var mustHangUp: CallID?

    package init(call: CallSnapshot? = nil, mustHangUp: CallID? = nil) {
        self.call = call
        self.mustHangUp = mustHangUp
    }
}

/// Calls in figures.
package struct CallFigures: Sendable, Equatable {
    package var rooms: Int
    package var participants: Int
    package var live: Int
    package var byOutcome: [CallOutcome: Int]
    /// Trunks that may be used, and those that the operator has switched off.
    package var trunksEnabled: Int
    package var trunksDisabled: Int
    /// Of those that may be used, the ones that every bridge which asks them reaches, and the ones that some bridge cannot reach.
    package var trunksUp: Int
    package var trunksDown: Int

    package init(
        rooms: Int, participants: Int, live: Int, byOutcome: [CallOutcome: Int], trunksEnabled: Int = 0, trunksDisabled: Int = 0,
        trunksUp: Int = 0, trunksDown: Int = 0
    ) {
        self.trunksUp = trunksUp
        self.trunksDown = trunksDown
        self.trunksEnabled = trunksEnabled
        self.trunksDisabled = trunksDisabled
        self.rooms = rooms
        self.participants = participants
        self.live = live
        self.byOutcome = byOutcome
    }
}

/// A call with what happened to it, oldest first.
package struct CallRecord: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        /// Milliseconds since 1970 UTC.
        package var at: Int64
        package var event: String
        /// It came after the outcome, and changed nothing.
        package var isLate: Bool
        package var detail: String?

        package init(at: Int64, event: String, isLate: Bool, detail: String? = nil) {
            self.at = at
            self.event = event
            self.isLate = isLate
            self.detail = detail
        }
    }

    /// Who brought it to its end, and what the far end's side said.
    package struct Ending: Sendable, Equatable {
        package var by: CallParty?
        package var sipStatus: Int?
        package var q850Cause: Int?
        package var quality: CallQuality?

        package init(by: CallParty?, sipStatus: Int? = nil, q850Cause: Int? = nil, quality: CallQuality? = nil) {
            self.quality = quality
            self.by = by
            self.sipStatus = sipStatus
            self.q850Cause = q850Cause
        }
    }

    package var call: CallSnapshot
    /// `nil` until it has ended.
    package var ending: Ending?
    /// The tries to reach the far end, in their order.
    package var attempts: [CallAttempt]
    package var timeline: [Entry]

    package init(call: CallSnapshot, ending: Ending? = nil, attempts: [CallAttempt] = [], timeline: [Entry]) {
        self.attempts = attempts
        self.ending = ending
        self.call = call
        self.timeline = timeline
    }
}
