import Domain
import ICE
import Media

/// All rooms of one media thread, found by name, by leg and by phase. Sans-IO, like the rooms.
package struct RoomTable {
    /// Rooms that one thread takes.
    package static let limit = 10_000

    /// A room and what this table keeps about it.
    private final class Entry {
        let room: LiveRoom
        let phase: Int
        var isMixing = false
        var hurries = false

        init(_ room: LiveRoom, phase: Int) {
            self.room = room
            self.phase = phase
        }
    }

    package private(set) var schedule = PhaseSchedule() {
        didSet { upcoming = schedule.nextDue(after: served) }
    }
    private var legs = LegTable<Entry>()
    /// Up to when every due phase has been served.
    package private(set) var served: Duration = .zero {
        didSet { upcoming = schedule.nextDue(after: served) }
    }
    /// The next phase that is due. Kept, since every datagram asks for it.
    private var upcoming: (phase: Int, at: Duration)?
    /// When the next room must be served; `nil` without rooms.
    package var nextDue: Duration? { upcoming?.at }
    /// Rooms in which what a browser sends cannot wait.
    private var hurrying = 0
    /// Whether a browser's datagram must be read when it comes.
    ///
    /// Where each room holds one browser at most, all that it says is for a phone's next frame: it may wait in the socket until some
    /// room's frame is due, which is 20 ms at most, and the thread is woken half as often. The kernel notes when it came.
    package var hurries: Bool { hurrying > 0 || !schedule.isMixing }
    private var bySlug: [RoomSlug: Entry] = [:]
    private var byCall: [CallID: Entry] = [:]
    private var byPhase = [[Entry]](repeating: [], count: PhaseSchedule.phases)
    private var nextLeg: UInt32 = 0
    private let toolbox: any MediaToolbox
    private let candidates: [String]
    private let seed: @Sendable () -> any RandomNumberGenerator

    package init(toolbox: any MediaToolbox, candidates: [String], seed: @escaping @Sendable () -> any RandomNumberGenerator) {
        self.toolbox = toolbox
        self.candidates = candidates
        self.seed = seed
    }

    package var snapshot: ThreadSnapshot {
        ThreadSnapshot(
            rooms: bySlug.values.map { RoomRoster(room: $0.room.slug, participants: $0.room.participants) }, liveCalls: Array(byCall.keys))
    }

    /// Whether nothing is left of any room, call or leg.
    package var isEmpty: Bool {
        bySlug.isEmpty && byCall.isEmpty && legs.isEmpty && byPhase.allSatisfy(\.isEmpty) && schedule.rooms.allSatisfy { $0 == 0 }
            && schedule.mixing.allSatisfy { $0 == 0 } && hurrying == 0
    }

    /// Tells every browser its sections once more.
    package func tellSections(into output: inout RoomOutput) {
        for entry in bySlug.values { entry.room.tellSections(into: &output) }
    }

    // MARK: Datagrams

    /// A datagram for this thread's port: a STUN check names its leg, everything else comes from an address that a check has proven.
    package mutating func receive(_ datagram: inout [UInt8], on path: TransportPath, now: Duration, wallClock: Int64, into output: inout RoomOutput) {
        var found = legs.find(address: path.remote)
        if datagram.first.map({ $0 < 4 }) == true, let ufrag = STUNMessage.localUfrag(in: datagram.span) {
            // A check may be for another leg than the address had before: two connections behind one NAT port, one after the other.
            found = legs.find(ufrag: ufrag)
        }
        guard let found else { return }
        found.owner.room.receive(&datagram, leg: found.leg, on: path, now: now, wallClock: wallClock, into: &output)
        if output.hasNews { settle(found.owner, into: &output) }
    }

    // MARK: Time

    /// Serves every phase that became due since the last call.
    package mutating func serve(now: Duration, wallClock: Int64, into output: inout RoomOutput) {
        // After a long pause of the whole machine the missed frames are not hurried after.
        if now - served > .seconds(1) { served = now - .milliseconds(20) }
        while true {
            guard let due = upcoming else {
                served = now
                return
            }
            guard due.at <= now else { return }
            for entry in byPhase[due.phase] {
                if entry.isMixing { entry.room.mix(now: now, into: &output) }
                if PhaseSchedule.isHousekeeping(at: due.at, phase: due.phase) {
                    entry.room.housekeep(now: now, wallClock: wallClock, into: &output)
                }
                settle(entry, into: &output)
            }
            served = due.at
        }
    }

    // MARK: Commands

    package mutating func perform(_ command: BridgeCommand, now: Duration, into output: inout RoomOutput) -> BridgeAnswer {
        switch command {
        case .join(let join):
            guard let entry = open(join.room, now: now) else { return .refused(.atCapacity) }
            return settle(entry, into: &output, entry.room.join(join, leg: newLeg(), now: now, into: &output))
        case .leave(let room, let peer):
            guard let entry = bySlug[room] else { return .refused(.unknownPeer) }
            return settle(entry, into: &output, entry.room.leave(peer, now: now, into: &output))
        case .socketLost(let room, let peer):
            guard let entry = bySlug[room] else { return .refused(.unknownPeer) }
            return settle(entry, into: &output, entry.room.socketLost(peer, now: now, into: &output))
        case .offer(let room, let peer, let sdp):
            guard let entry = bySlug[room] else { return .refused(.unknownPeer) }
            return settle(entry, into: &output, entry.room.offer(peer, sdp: sdp, candidates: candidates, now: now, into: &output))
        case .update(let room, let peer, let switches):
            guard let entry = bySlug[room] else { return .refused(.unknownPeer) }
            return settle(entry, into: &output, entry.room.update(peer, switches, now: now, into: &output))
        case .view(let room, let peer, let view):
            guard let entry = bySlug[room] else { return .refused(.unknownPeer) }
            return settle(entry, into: &output, entry.room.view(peer, view, now: now, into: &output))
        case .dial(let dial):
            // The same call again: the room says so, and a refusal must not lose it. In another room it would be another call.
            if let owner = byCall[dial.call] { return owner.room.slug == dial.room ? .accepted : .refused(.internalError) }
            // A call that may wait needs nobody there before it.
            guard let entry = dial.waitSeconds == nil ? bySlug[dial.room] : open(dial.room, now: now) else {
                return .refused(dial.waitSeconds == nil ? .nobodyThere : .atCapacity)
            }
            byCall[dial.call] = entry
            let answer = entry.room.dial(dial, leg: newLeg(), now: now, into: &output)
            if case .refused = answer { byCall[dial.call] = nil }
            return settle(entry, into: &output, answer)
        case .hangup(let call, let party):
            guard let entry = byCall[call] else { return .refused(.unknownCall) }
            return settle(entry, into: &output, entry.room.hangup(call, by: party, now: now, into: &output))
        case .moderate(let room, let order):
            guard let entry = bySlug[room] else { return .refused(.unknownPeer) }
            return settle(entry, into: &output, entry.room.moderate(order, now: now, into: &output))
        case .dtmf(let call, let digits):
            guard let entry = byCall[call] else { return .refused(.unknownCall) }
            return entry.room.dtmf(call, digits)
        case .query(let query): return report(query, now: now)
        case .configure, .trunkReport, .testTrunk: return .accepted
        }
    }

    package mutating func speechReady(_ call: CallID, room: RoomSlug, _ speech: [UInt8]?, now: Duration, into output: inout RoomOutput) {
        guard let entry = bySlug[room] else { return }
        if let speech {
            entry.room.speechReady(call, speech: speech, now: now, into: &output)
        } else {
            entry.room.speechFailed(call, now: now, into: &output)
        }
        settle(entry, into: &output)
    }

    /// What the phone side reports of a call.
    package mutating func phoneNews(_ call: CallID, _ news: PhoneNews, now: Duration, into output: inout RoomOutput) {
        guard let entry = byCall[call] else { return }
        entry.room.phoneNews(call, news, now: now, into: &output)
        settle(entry, into: &output)
    }

    /// No port could be opened for a call to a phone.
    mutating func phoneFailed(_ call: CallID, now: Duration, into output: inout RoomOutput) {
        guard let entry = byCall[call] else { return }
        entry.room.phoneFailed(call, now: now, into: &output)
        settle(entry, into: &output)
    }

    /// A datagram that came to the port pair of a call's phone.
    mutating func receive(
        _ datagram: [UInt8], of call: CallID, leg: LegID, from remote: TransportAddress, isControl: Bool, now: Duration, wallClock: Int64,
        into output: inout RoomOutput
    ) {
        guard let entry = byCall[call] else { return }
        entry.room.engine.receive(
            datagram, phone: leg, from: remote, isControl: isControl, now: now, wallClock: wallClock, into: &output.packets)
    }

    package mutating func shutDown(now: Duration, into output: inout RoomOutput) {
        for entry in Array(bySlug.values) {
            entry.room.shutDown(now: now, into: &output)
            settle(entry, into: &output)
        }
    }

    // MARK: Reports

    private func report(_ query: BridgeQuery, now: Duration) -> BridgeAnswer {
        switch query {
        case .room(let slug): .report(.rooms(bySlug[slug].map { [$0.room.state(now: now)] } ?? []))
        case .rooms(let after, let limit): .report(.rooms(first(limit, after: after).compactMap { bySlug[$0]?.room.state(now: now) }))
        // The SIP thread's.
        case .contacts: .report(.contacts([:]))
        }
    }

    /// The names of the first rooms, in order. Without sorting them all: rooms are many, and this thread has media to serve.
    private func first(_ limit: Int, after: RoomSlug?) -> [RoomSlug] {
        var found: [RoomSlug] = []
        for slug in bySlug.keys where after.map({ slug.text > $0.text }) ?? true {
            if found.count >= limit, let last = found.last, slug.text >= last.text { continue }
            let place = found.firstIndex { $0.text > slug.text } ?? found.endIndex
            found.insert(slug, at: place)
            if found.count > limit { found.removeLast() }
        }
        return found
    }

    // MARK: Books

    private mutating func newLeg() -> LegID {
        nextLeg &+= 1
        return LegID(nextLeg)
    }

    private mutating func open(_ slug: RoomSlug, now: Duration) -> Entry? {
        if let entry = bySlug[slug] { return entry }
        guard bySlug.count < Self.limit else { return nil }
        let engine = RoomEngine(toolbox: toolbox, generator: seed())
        let entry = Entry(LiveRoom(slug: slug, engine: engine), phase: schedule.add())
        bySlug[slug] = entry
        byPhase[entry.phase].append(entry)
        return entry
    }

    @discardableResult
    private mutating func settle(_ entry: Entry, into output: inout RoomOutput, _ answer: BridgeAnswer = .accepted) -> BridgeAnswer {
        for change in output.routing { legs.apply(change, owner: entry) }
        output.routing.removeAll(keepingCapacity: true)
        for call in output.endedCalls { byCall[call] = nil }
        let isMixing = entry.room.engine.needsMixing
        if isMixing != entry.isMixing {
            entry.isMixing = isMixing
            schedule.setMixing(isMixing, phase: entry.phase)
        }
        let hurries = entry.room.engine.hurries
        if hurries != entry.hurries {
            entry.hurries = hurries
            hurrying += hurries ? 1 : -1
        }
        if entry.room.isOver { close(entry, into: &output) }
        return answer
    }

    private mutating func close(_ entry: Entry, into output: inout RoomOutput) {
        guard bySlug.removeValue(forKey: entry.room.slug) != nil else { return }
        byPhase[entry.phase].removeAll { $0 === entry }
        schedule.remove(phase: entry.phase, mixing: entry.isMixing)
        if entry.hurries { hurrying -= 1 }
        output.changes.append((.room(entry.room.slug), .roomEnded(room: entry.room.slug)))
    }
}
