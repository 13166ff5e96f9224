import Crypto
import Domain
import Logging
import Store

/// Does what sessions ask for: takes and gives back places, carries offers and switches to the bridge.
struct SignalDesk: Sendable {
    /// How long a page waits for the bridge, in milliseconds.
    private static let patience: Int64 = 8_000
    /// A token outlives its socket by this; that its place is still there is checked besides. In milliseconds.
    private static let tokenLife: Int64 = 24 * 3600 * 1000

    let hub: RoomHub
    let bridge: any BridgeConnection
    let calls: any CallBook
    let dialling: DialDesk
    let orders: StandingOrders
    let resumeKey: SymmetricKey
    let joins: JoinGate
    /// Messages: of one participant, also over another socket, ten at once and one a second; of a room 30 at once and ten a second.
    private let writers = TokenBuckets<PeerID>(burst: 10, refill: .seconds(1))
    private let rooms = TokenBuckets<RoomSlug>(burst: 30, refill: .milliseconds(100))
    let clock: ServerClock
    let logger: Logger

    // MARK: Join and leave

    func join(_ frame: JoinFrame, socket: SignalSocket) async -> Result<SignalSession.Admission, SignalFault> {
        do throws(SignalFault) {
            // First, so that neither the record nor the bridge hears of joins that are too many. Who says that he comes back is judged by his token.
            let isAdmitted = frame.resume == nil && joins.admits(socket.client, now: clock.now)
            guard isAdmitted || frame.resume != nil else { throw SignalFault(.tooManyJoins, about: "join") }
            let hidden = try await hiddenLink(of: frame, socket: socket)
            guard let room = frame.room ?? hidden?.room, room == hidden?.room ?? room else { throw SignalFault(.linkTampered, about: "join") }
            guard let name = frame.name ?? hidden?.name else { throw SignalFault(.invalidName, "Please enter a name.", about: "join") }
            return await join(frame, room: room, name: name, hidden: hidden, isAdmitted: isAdmitted, socket: socket)
        } catch {
            return .failure(error)
        }
    }

    /// What the server knows of a link that hides its number; that it still opens is judged with the join.
    private func hiddenLink(of frame: JoinFrame, socket: SignalSocket) async throws(SignalFault) -> HiddenLink? {
        guard let slug = frame.slug else { return nil }
        let known: (link: HiddenLink, fault: LinkFault?)?
        do {
            known = try await calls.hiddenLink(slug, now: clock.wallMilliseconds)
        } catch {
            logger.error("link not read", metadata: ["error": "\(error)"])
            throw SignalFault(.serverError, about: "join")
        }
        guard let known else { throw SignalFault(.unknownLink, about: "join") }
        return known.link
    }

    private func join(
        _ frame: JoinFrame, room: RoomSlug, name: DisplayName, hidden: HiddenLink?, isAdmitted: Bool, socket: SignalSocket
    ) async -> Result<SignalSession.Admission, SignalFault> {
        let (place, resumed) = await self.place(for: frame, in: room)
        guard isAdmitted || resumed || joins.admits(socket.client, now: clock.now) else { return .failure(SignalFault(.tooManyJoins, about: "join")) }
        let opening: LinkOpening
        do {
            opening = try await calls.openLink(
                frame.link, room: room, name: name, isReturn: resumed, now: clock.wallMilliseconds)
        } catch {
            logger.error("link not judged", metadata: ["room": "\(room.shortened)", "error": "\(error)"])
            // Without the record nobody dials; a link that must be judged waits, a plain room does not.
            guard frame.link == nil, hidden == nil else { return .failure(SignalFault(.serverError, about: "join")) }
            opening = .plain
        }
        var signed: SignedLink?
        switch opening {
        case .plain: break
        case .signed(let link): signed = link
        case .refused(let problem): return .failure(SignalFault(problem, about: "join"))
        }
        // Seated before the bridge is asked: what happens in the room meanwhile must reach this socket.
        socket.enter(place)
        await hub.enter(place, socket)
        do throws(SignalFault) {
            let (participants, isLocked) = try await seat(place, name: name, isHost: signed?.role == .host)
            guard await hub.isSeated(socket, place) else {
                // Put out while it came in: the bridge must not keep what the hub has given up.
                _ = try? await bridge.send(.leave(room: place.room, peer: place.peer), expiry: clock.wallMilliseconds + Self.patience)
                throw SignalFault(.notJoined, about: "join")
            }
            return .success(
                SignalSession.Admission(
                    place: place, participants: participants, resume: token(for: place), resumed: resumed, calls: await liveCalls(in: place.room),
                    isLocked: isLocked, signed: signed, hidden: hidden))
        } catch {
            socket.forget()
            _ = await hub.leave(place, socket, waiting: resumed, now: clock.now)
            return .failure(error)
        }
    }

    private func place(for frame: JoinFrame, in room: RoomSlug) async -> (Place, resumed: Bool) {
        if let text = frame.resume, let token = try? ResumeToken(opening: text, with: resumeKey, now: clock.wallMilliseconds),
            token.room == room, token.load == frame.load, await hub.holds(token.peer, in: token.room)
        {
            return (Place(peer: token.peer, room: token.room, load: token.load), true)
        }
        var generator = SystemRandomNumberGenerator()
        return (Place(peer: PeerID(random: &generator), room: room, load: frame.load), false)
    }

    private func seat(_ place: Place, name: DisplayName, isHost: Bool) async throws(SignalFault) -> (participants: [Participant], isLocked: Bool) {
        await record(place.room) { try await calls.recordJoin(place, now: clock.wallMilliseconds) }
        do throws(SignalFault) {
            // Who was put out is out, and a meeting that was ended is over, before somebody comes.
            try await settle(place.room, about: "join")
            let answer = try await ask(
                .join(JoinCommand(room: place.room, peer: place.peer, name: name, load: place.load, isHost: isHost)), about: "join")
            guard case .joined(let participants, let isLocked) = answer else { throw SignalFault(.serverError, about: "join") }
            return (participants, isLocked)
        } catch {
            await record(place.room) { try await calls.recordLeft(place.room, place.peer, now: clock.wallMilliseconds) }
            throw error
        }
    }

    /// The room lives at the bridge; without the record a second visitor's link may ring again, and no more.
    private func record(_ room: RoomSlug, _ write: () async throws -> Void) async {
        do {
            try await write()
        } catch {
            logger.warning("stay not recorded", metadata: ["room": "\(room.shortened)", "error": "\(error)"])
        }
    }

    private func token(for place: Place) -> String {
        ResumeToken(peer: place.peer, room: place.room, load: place.load, expiresAtMilliseconds: clock.wallMilliseconds + Self.tokenLife)
            .sealed(with: resumeKey)
    }

    private func liveCalls(in room: RoomSlug) async -> [CallSnapshot] {
        do {
            return try await calls.liveCalls(in: room)
        } catch {
            // News will tell of each call again when it goes on.
            logger.warning("live calls not read", metadata: ["room": "\(room.shortened)", "error": "\(error)"])
            return []
        }
    }

    /// The socket of `place` is gone: for good, or to come back.
    func leave(_ place: Place, socket: SignalSocket, isAbandoned: Bool) async {
        guard await hub.leave(place, socket, waiting: !isAbandoned, now: clock.now) else { return }
        let command: BridgeCommand = isAbandoned ? .leave(room: place.room, peer: place.peer) : .socketLost(room: place.room, peer: place.peer)
        if isAbandoned { await record(place.room) { try await calls.recordLeft(place.room, place.peer, now: clock.wallMilliseconds) } }
        // Whether it arrives or not: without STUN the bridge finds out by itself.
        _ = try? await bridge.send(command, expiry: clock.wallMilliseconds + Self.patience)
    }

    // MARK: Media

    func offer(_ place: Place, sdp: String) async -> Result<(sdp: String, sections: MediaSections), SignalFault> {
        do throws(SignalFault) {
            let answer = try await ask(.offer(room: place.room, peer: place.peer, sdp: sdp), about: "signal")
            guard case .answered(let sdp, let sections) = answer else { throw SignalFault(.serverError, about: "signal") }
            return .success((sdp, sections))
        } catch {
            return .failure(error)
        }
    }

    func update(_ place: Place, _ switches: Switches) async -> SignalFault? {
        do throws(SignalFault) {
            _ = try await ask(.update(room: place.room, peer: place.peer, switches), about: "update")
            return nil
        } catch {
            return error
        }
    }

    func view(_ place: Place, _ view: [TrackSource]) async -> SignalFault? {
        do throws(SignalFault) {
            _ = try await ask(.view(room: place.room, peer: place.peer, view), about: "view")
            return nil
        } catch {
            return error
        }
    }

    // MARK: Roles and chat

    /// Tells everybody in the room what somebody writes, unless that is too much: of one, or of all.
    func chat(_ place: Place, _ name: String, _ text: ChatText) async -> SignalFault? {
        let now = clock.now
        guard writers.take(place.peer, now: now).isAdmitted, rooms.take(place.room, now: now).isAdmitted else {
            return SignalFault(.tooManyMessages, about: "chat")
        }
        await hub.tell(.chat(ChatMessage(from: place.peer, name: name, text: text, at: clock.wallMilliseconds)), in: place.room)
        return nil
    }

    /// Carries out what a host wants; that it is one is known.
    ///
    /// - Returns: why it was not done.
    func moderate(_ place: Place, _ order: SignalSession.Moderation) async -> SignalFault? {
        if case .kick(.call(let call)) = order {
            return await dialling.hangup(call, from: place, isHost: true).map { SignalFault($0.problem, about: order.type) }
        }
        return await moderate(place.room, order)
    }

    /// Carries out what a host, or the operator, wants of a room. A phone is not hung up by it.
    ///
    /// - Returns: why it was not done.
    func moderate(_ room: RoomSlug, _ order: SignalSession.Moderation) async -> SignalFault? {
        do throws(SignalFault) {
            switch order {
            case .mute(let participant, let on):
                _ = try await ask(.moderate(room: room, .mute(participant, on: on)), about: order.type)
            case .kick(.call): return SignalFault(.unknownParticipant, about: order.type)
            case .kick(.peer(let peer)):
                // The hub first: from here on nobody takes the place back, and a join that is on its way finds it gone.
                await hub.expel(peer, from: room, .kicked)
                try await give(.remove(peer, room), about: order.type)
                await record(room) { try await calls.recordLeft(room, peer, now: clock.wallMilliseconds) }
            case .lock(let on):
                _ = try await ask(.moderate(room: room, .lock(on)), about: order.type)
            case .end:
                await hub.expelAll(from: room, .ended)
                try await give(.end(room), about: order.type)
            }
            return nil
        } catch {
            return error
        }
    }

    /// Gives an order that stands until the bridge has it, also when who gave it has been told that the bridge is away.
    private func give(_ order: StandingOrders.Order, about type: String) async throws(SignalFault) {
        let answer: BridgeAnswer
        do {
            answer = try await orders.give(order, patience: Self.patience)
        } catch {
            throw SignalFault(.bridgeUnavailable, about: type)
        }
        if case .refused(let refusal) = answer { throw SignalFault(refusal.problem, about: type) }
    }

    private func settle(_ room: RoomSlug, about type: String) async throws(SignalFault) {
        do {
            try await orders.settle(room, patience: Self.patience)
        } catch {
            throw SignalFault(.bridgeUnavailable, about: type)
        }
    }

    private func ask(_ command: BridgeCommand, about type: String) async throws(SignalFault) -> BridgeAnswer {
        let answer: BridgeAnswer
        do {
            answer = try await bridge.send(command, expiry: clock.wallMilliseconds + Self.patience)
        } catch {
            throw SignalFault(.bridgeUnavailable, about: type)
        }
        if case .refused(let refusal) = answer { throw SignalFault(refusal.problem, about: type) }
        return answer
    }
}
