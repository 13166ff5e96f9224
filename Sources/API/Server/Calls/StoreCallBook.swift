import Domain
import Logging
import Store

/// The books in PostgreSQL, as seen from a process that works with one bridge.
struct StoreCallBook: CallBook {
    let store: Store
    let bridge: String
    let policy: Policy
    let plan: any NumberPlan
    let refusals: GuardMetrics
    let logger: Logger

    // MARK: For the rooms

    func recordJoin(_ place: Place, now: Int64) async throws {
        try await store.recordJoin(room: place.room, peer: place.peer, load: place.load, now: now)
    }

    func openLink(_ query: String?, room: RoomSlug, name: DisplayName, isReturn: Bool, now: Int64) async throws -> LinkOpening {
        try await store.openLink(query: query, room: room, name: name, isReturn: isReturn, now: now)
    }

    func hiddenLink(_ slug: LinkSlug, now: Int64) async throws -> (link: HiddenLink, fault: LinkFault?)? {
        try await store.hiddenLink(slug, now: now)
    }

    func recordLeft(_ room: RoomSlug, _ peer: PeerID, now: Int64) async throws {
        try await store.recordLeft(room: room, peer: peer, now: now)
    }

    func dial(_ request: DialRequest, now: Int64) async throws -> DialVerdict {
        var generator = SystemRandomNumberGenerator()
        let verdict = try await store.dial(request, now: now, policy: policy, plan: plan, generator: &generator)
        refusals.note(verdict)
        return verdict
    }

    func call(_ id: CallID) async throws -> CallSnapshot? { try await store.call(id) }

    func liveCalls(in room: RoomSlug) async throws -> [CallSnapshot] { try await store.liveCalls(in: room) }

    func markSent(_ id: CallID, epoch: UInt64, now: Int64) async throws -> Bool {
        try await store.markSent(id, bridge: bridge, epoch: epoch, now: now)
    }

    func isElsewhere(_ id: CallID) async throws -> Bool { try await store.isElsewhere(id, than: bridge) }

    func endQueued(_ id: CallID, _ outcome: CallOutcome, _ reason: CallReason, by party: CallParty, now: Int64) async throws -> CallSnapshot? {
        try await store.failCall(id, outcome: outcome, reason: reason, by: party, at: bridge, now: now)
    }

    // MARK: From the bridge

    func greet(_ hello: HelloAnswer, now: Int64) async throws -> BridgeBooks {
        let books = try await store.beginEpoch(bridge: bridge, epoch: hello.epoch, liveCalls: hello.liveCalls, now: now)
        return BridgeBooks(acknowledged: books.acknowledged, ended: books.ended, hangUp: books.hangUp)
    }

    func apply(_ event: BridgeEvent, epoch: UInt64, now: Int64) async throws -> EventEffect {
        do {
            let applied = try await store.apply(event, bridge: bridge, epoch: epoch, now: now)
            guard applied.mustHangUp, case .call(let id) = event.stream else { return EventEffect(call: applied.call) }
            return EventEffect(call: applied.call, mustHangUp: id)
        } catch {
            guard !error.isRetryable, error.code != .cancelled else { throw error }
            logger.critical(
                "event parked, it cannot be applied",
                metadata: [
                    "position": "\(event.position)", "sequence": "\(event.sequence)", "error": "\(error)",
                ])
            _ = try await store.park(event, bridge: bridge, epoch: epoch, reason: error.message, now: now)
            return EventEffect()
        }
    }

    func bridgeLost(now: Int64) async throws -> [CallSnapshot] { try await store.endCalls(ofLostBridge: bridge, now: now) }

    // MARK: Housekeeping

    func expireQueued(isUpToDate: Bool, now: Int64) async throws -> [CallSnapshot] {
        try await store.expireQueued(bridge: bridge, isUpToDate: isUpToDate, now: now)
    }

    func queuedCalls(now: Int64) async throws -> [(call: CallSnapshot, command: DialCommand)] {
        try await store.queuedCalls(bridge: bridge, now: now)
    }

    // MARK: Processes beside this one

    func callsElsewhere(in rooms: [RoomSlug], following: [CallID]) async throws -> [CallSnapshot] {
        try await store.callsElsewhere(than: bridge, in: rooms, following: following)
    }

    func contacts(isAlive: Bool, now: Int64) async throws -> [String: Int64] {
        try await store.contacts(notingOwn: bridge, isAlive: isAlive, now: now)
    }

    func abandon(_ bridge: String, silentSince contact: Int64, now: Int64) async throws -> [CallSnapshot] {
        try await store.abandon(bridge, silentSince: contact, now: now)
    }

    // MARK: For the outside

    func record(of id: CallID) async throws -> CallRecord? {
        guard let call = try await store.call(id) else { return nil }
        let timeline = try await store.timeline(id)
        // The line that closed the books: a late one changed nothing.
        let ended = timeline.first { $0.kind == .ended && !$0.isLate }?.detail
        return CallRecord(
            call: call, ending: ended.map { CallRecord.Ending(by: $0.by, sipStatus: $0.sipStatus, q850Cause: $0.q850Cause, quality: $0.quality) },
            attempts: timeline.filter { $0.kind == .attempted }.map {
                CallAttempt(
                    trunk: $0.detail.trunk, startedAt: $0.detail.startedAt ?? $0.at, endedAt: $0.at, sipStatus: $0.detail.sipStatus,
                    q850Cause: $0.detail.q850Cause, detail: $0.detail.text ?? "")
            },
            timeline: timeline.map {
                CallRecord.Entry(at: $0.at, event: $0.kind.rawValue, isLate: $0.isLate, detail: $0.detail.text)
            })
    }

    func calls(_ filter: CallFilter, _ page: PageRequest) async throws -> Page<ListedCall> { try await store.calls(filter, page) }

    func key(_ secret: String, now: Int64) async throws -> APIKey? { try await store.verifyKey(secret, now: now) }

    func publicNumbers() async throws -> [VirtualNumber] { try await store.publicNumbers() }

    func figures(now: Int64) async throws -> CallFigures {
        let summary = try await store.healthSummary(now: now)
        let trunks = try await store.trunkHealth()
        return CallFigures(
            rooms: summary.rooms, participants: summary.participants, live: summary.liveCalls, byOutcome: summary.callsByOutcome,
            trunksEnabled: trunks.enabled, trunksDisabled: trunks.disabled, trunksUp: trunks.up, trunksDown: trunks.down)
    }

    func ping() async throws { try await store.ping() }
}
