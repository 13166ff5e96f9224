import API
import Domain
import Store

/// Books that say what a test wants them to say.
actor FakeCallBook: CallBook {
    static let readKey = "ak_" + String(repeating: "a", count: 32)
    static let otherKey = "ak_" + String(repeating: "b", count: 32)

    var isUp = true
    var calls: [CallID: CallSnapshot] = [:]
    var verdict: DialVerdict?
    var applied: [UInt64] = []
    /// Another process's bridge has the calls.
    private var isTakenElsewhere = false
    private(set) var joins: [PeerID] = []
    private(set) var lefts: [PeerID] = []
    private(set) var ended: [(id: CallID, outcome: CallOutcome, reason: CallReason)] = []

    struct Down: Error {}

    func set(isUp: Bool) { self.isUp = isUp }
    func set(verdict: DialVerdict?) { self.verdict = verdict }
    func setElsewhere() { isTakenElsewhere = true }
    func put(_ call: CallSnapshot) { calls[call.id] = call }

    func recordJoin(_ place: Place, now: Int64) { joins.append(place.peer) }
    func recordLeft(_ room: RoomSlug, _ peer: PeerID, now: Int64) { lefts.append(peer) }

    func dial(_ request: DialRequest, now: Int64) throws -> DialVerdict {
        guard let verdict else { throw Down() }
        if case .placed(let call, _) = verdict { calls[call.id] = call }
        return verdict
    }

    func call(_ id: CallID) -> CallSnapshot? { calls[id] }
    func liveCalls(in room: RoomSlug) -> [CallSnapshot] { calls.values.filter { $0.room == room && $0.state != .ended } }
    func markSent(_ id: CallID, epoch: UInt64, now: Int64) -> Bool { calls[id]?.state == .queued }

    func isElsewhere(_ id: CallID) -> Bool { isTakenElsewhere }
    func endQueued(_ id: CallID, _ outcome: CallOutcome, _ reason: CallReason, by party: CallParty, now: Int64) -> CallSnapshot? {
        guard var call = calls[id], call.state == .queued, !isTakenElsewhere else { return nil }
        call.state = .ended
        call.outcome = outcome
        call.reason = reason
        call.endedAt = now
        calls[id] = call
        ended.append((id, outcome, reason))
        return call
    }

    func greet(_ hello: HelloAnswer, now: Int64) throws -> BridgeBooks {
        guard isUp else { throw Down() }
        return BridgeBooks(acknowledged: 0, ended: [], hangUp: [])
    }

    func apply(_ event: BridgeEvent, epoch: UInt64, now: Int64) throws -> EventEffect {
        guard isUp else { throw Down() }
        applied.append(event.position)
        guard case .call(let id) = event.stream, let call = calls[id] else { return EventEffect() }
        var ledger = CallLedger(call)
        let entry = ledger.enter(event.change, atMilliseconds: event.atMilliseconds)
        calls[id] = ledger.call
        return EventEffect(call: ledger.call, mustHangUp: entry == .late(stillUp: true) ? id : nil)
    }

    func bridgeLost(now: Int64) -> [CallSnapshot] { [] }
    func expireQueued(isUpToDate: Bool, now: Int64) -> [CallSnapshot] { [] }
    func queuedCalls(now: Int64) -> [(call: CallSnapshot, command: DialCommand)] { [] }

    func callsElsewhere(in rooms: [RoomSlug], following: [CallID]) -> [CallSnapshot] { [] }
    func contacts(isAlive: Bool, now: Int64) -> [String: Int64] { [:] }
    func abandon(_ bridge: String, silentSince contact: Int64, now: Int64) -> [CallSnapshot] { [] }

    func record(of id: CallID) -> CallRecord? {
        calls[id].map { CallRecord(call: $0, timeline: [CallRecord.Entry(at: $0.queuedAt, event: "queued", isLate: false)]) }
    }

    func openLink(_ query: String?, room: RoomSlug, name: DisplayName, isReturn: Bool, now: Int64) -> LinkOpening {
        query == nil ? .plain : .refused(LinkFault.keyUnknown.problem)
    }

    func hiddenLink(_ slug: LinkSlug, now: Int64) -> (link: HiddenLink, fault: LinkFault?)? { nil }

    func key(_ secret: String, now: Int64) -> APIKey? {
        let scope: String
        switch secret {
        case Self.readKey: scope = "calls:read"
        case Self.otherKey: scope = "links:write"
        default: return nil
        }
        return APIKey(
            id: APIKeyID("ky_" + secret.suffix(12))!, name: "test", scopes: [scope], createdAt: 0, expiresAt: nil, revokedAt: nil)
    }

    func calls(_ filter: CallFilter, _ page: PageRequest) -> Page<ListedCall> { Page(entries: calls.values.map { ListedCall($0) }, next: nil) }
    func publicNumbers() -> [VirtualNumber] { [VirtualNumber(number: "600", label: "Echo test", mode: .echo, isPublic: true)] }

    func figures(now: Int64) -> CallFigures { CallFigures(rooms: 1, participants: 2, live: 1, byOutcome: [.busy: 3]) }

    func ping() throws { if !isUp { throw Down() } }
}
