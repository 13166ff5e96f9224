import Domain
import HTTPTypes
import Hummingbird
import Store

/// `/v1/rooms`: the live rooms of this installation's bridge, and what a host may do to them.
struct RoomRoutes: RESTResource {
    private static let unknown = ProblemDocument.unknown("unknown_room", "Nobody is in a room of that name.")
    private static let absent = ProblemDocument.unknown(Problem(.unknownParticipant))

    let reports: BridgeReports
    let desk: SignalDesk
    let calls: any CallBook

    func add(to routes: RESTRoutes) {
        routes.at("/rooms", .read("rooms:read", list))
        routes.at("/rooms/:slug", .read("rooms:read", read))
        routes.at("/rooms/:slug/lock", .post("rooms:write", lock))
        routes.at("/rooms/:slug/end", .post("rooms:write", end))
        routes.at("/rooms/:slug/participants/:participant/mute", .post("rooms:write", mute))
        routes.at("/rooms/:slug/participants/:participant/kick", .post("rooms:write", kick))
    }

    // MARK: Reading

    @Sendable private func list(_ request: RESTRequest) async throws -> RESTAnswer {
        let page = try request.page()
        var after: RoomSlug?
        if let cursor = page.after {
            guard let slug = RoomSlug(cursor.id) else { throw ProblemDocument.invalidParameter("after", "it is the `next` of the page before") }
            after = slug
        }
        let rooms: [RoomState]
        do {
            rooms = try await reports.rooms(after: after, limit: page.limit + 1)
        } catch {
            throw ProblemDocument.bridgeUnavailable
        }
        let entries = Array(rooms.prefix(page.limit))
        let next = rooms.count > page.limit ? entries.last.map { PageCursor(at: 0, id: $0.room.text) } : nil
        return try .page(Page(entries: entries, next: next)) { RoomSummary($0, now: request.now) }
    }

    @Sendable private func read(_ request: RESTRequest) async throws -> RESTAnswer { try await document(try room(request), request) }

    private func document(_ room: RoomSlug, _ request: RESTRequest) async throws -> RESTAnswer {
        let state = try await state(of: room)
        let live = try await calls.liveCalls(in: room)
        // Whole numbers are what calls:read shows, too.
        let isWhole = (try? APIKeyGuard.require("calls:read", of: request.caller)) != nil
        return try .document(RoomDocument(state, calls: live, showsNumbers: isWhole, now: request.now))
    }

    private func state(of room: RoomSlug) async throws -> RoomState {
        do {
            guard let state = try await reports.room(room) else { throw Self.unknown }
            return state
        } catch is BridgeUnavailable {
            throw ProblemDocument.bridgeUnavailable
        }
    }

    // MARK: What a host may do

    @Sendable private func lock(_ request: RESTRequest) async throws -> RESTAnswer {
        let room = try room(request)
        let isOn = try on(request)
        try await moderate(room, .lock(on: isOn))
        return try await document(room, request)
    }

    @Sendable private func end(_ request: RESTRequest) async throws -> RESTAnswer {
        let room = try room(request)
        try request.nothing()
        // Who is not there cannot be put out, and the order must not stand for a room to come.
        _ = try await state(of: room)
        try await moderate(room, .end)
        return .nothing
    }

    @Sendable private func mute(_ request: RESTRequest) async throws -> RESTAnswer {
        let (room, participant) = (try room(request), try participant(request))
        let isOn = try on(request)
        try await require(participant, in: room)
        try await moderate(room, .mute(participant, on: isOn))
        return try await document(room, request)
    }

    @Sendable private func kick(_ request: RESTRequest) async throws -> RESTAnswer {
        let (room, participant) = (try room(request), try participant(request))
        try request.nothing()
        try await require(participant, in: room)
        switch participant {
        case .peer: try await moderate(room, .kick(participant))
        case .call(let id):
            guard let call = try await calls.call(id), call.room == room, call.state != .ended else { throw Self.absent }
            do {
                try await desk.dialling.hangup(byOperator: call)
            } catch is BridgeUnavailable {
                throw ProblemDocument.bridgeUnavailable
            }
        }
        return .nothing
    }

    private func require(_ participant: ParticipantID, in room: RoomSlug) async throws {
        let state = try await state(of: room)
        guard state.participants.contains(where: { $0.participant.id == participant }) else { throw Self.absent }
    }

    private func moderate(_ room: RoomSlug, _ order: SignalSession.Moderation) async throws {
        guard let fault = await desk.moderate(room, order) else { return }
        // The bridge knows no such room (any more).
        guard fault.problem.code != .notJoined else { throw Self.unknown }
        throw ProblemDocument(fault.problem)
    }

    // MARK: Input

    private func room(_ request: RESTRequest) throws -> RoomSlug {
        guard let slug = request.parameters.get("slug").flatMap({ RoomSlug(String($0)) }) else { throw Self.unknown }
        return slug
    }

    private func participant(_ request: RESTRequest) throws -> ParticipantID {
        guard let participant = request.parameters.get("participant").flatMap({ ParticipantID(String($0)) }) else { throw Self.absent }
        return participant
    }

    /// `{"on": true}`, which is also meant by no body at all.
    private func on(_ request: RESTRequest) throws -> Bool {
        var fields = try request.fields()
        let isOn = fields.setting("on", .flag)
        try fields.finish()
        return isOn ?? true
    }
}

/// A room as a list shows it.
private struct RoomSummary: Encodable {
    var room: RoomSlug
    var locked: Bool
    var browsers: Int
    var phones: Int
    /// When the first of those who are there came in.
    var since: String?

    init(_ state: RoomState, now: Int64) {
        room = state.room
        locked = state.isLocked
        browsers = state.participants.count { $0.participant.kind == .browser }
        phones = state.participants.count { $0.participant.kind == .phone }
        since = state.participants.map(\.milliseconds).max().map { Timestamp.rfc3339(milliseconds: now - $0) }
    }
}

private struct RoomDocument: Encodable {
    struct Member: Encodable {
        var id: String
        var kind: Participant.Kind
        var name: String
        /// Of a phone, and only for a key that may read calls.
        var number: String?
        var microphone: Bool
        var camera: Bool
        var screen: Bool
        var muted: Bool
        var since: String
    }

    /// A call that has not ended: its phone may still be ringing.
    struct LiveCall: Encodable {
        var id: CallID
        var state: CallState
        var label: String
        var number: String?
    }

    var room: RoomSlug
    var locked: Bool
    var participants: [Member]
    var calls: [LiveCall]

    init(_ state: RoomState, calls live: [CallSnapshot], showsNumbers: Bool, now: Int64) {
        let numbers = showsNumbers ? Dictionary(live.map { ($0.id, $0.target.text) }, uniquingKeysWith: { first, _ in first }) : [:]
        room = state.room
        locked = state.isLocked
        participants = state.participants.map { presence in
            let participant = presence.participant
            var number: String?
            if case .call(let id) = participant.id { number = numbers[id] }
            return Member(
                id: participant.id.description, kind: participant.kind, name: participant.name, number: number, microphone: participant.microphone,
                camera: participant.camera, screen: participant.screen, muted: participant.isMuted,
                since: Timestamp.rfc3339(milliseconds: now - presence.milliseconds))
        }
        calls = live.map { LiveCall(id: $0.id, state: $0.state, label: $0.label, number: numbers[$0.id]) }
    }
}
