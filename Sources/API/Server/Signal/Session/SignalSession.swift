import Domain

/// The protocol of one socket, without the socket: `docs/protocol.md` as a state machine.
///
/// Frames, news and the ends of operations go in, each with the time; actions come out. `deadline` says when `tick` is due.
package struct SignalSession: ~Copyable {
    package static let joinPatience = Duration.seconds(10)
    package static let silencePatience = Duration.seconds(60)
    /// Dials and hang-ups of one socket that wait for an answer at once.
    static let operationLimit = 8
    /// Orders, digits and messages of one socket that wait for those before them.
    static let orderedLimit = 16
    /// News that a joining socket keeps until its welcome.
    static let newsLimit = 256

    private enum State {
        case waiting(until: Duration)
        /// News that came while the join was on its way follow the welcome.
        case joining(until: Duration, load: LoadID, news: [RoomNews])
        case joined(JoinedState)
        case closed
    }

    private var state: State
    private var gate: FloodGate
    private var heardAt: Duration
    /// Where the browser is.
    private let client: IPAddress?

    package init(client: IPAddress? = nil, now: Duration) {
        self.client = client
        state = .waiting(until: now + Self.joinPatience)
        gate = FloodGate(now: now)
        heardAt = now
    }

    /// When `tick` is due; `nil` once the session is closed.
    package var deadline: Duration? {
        switch state {
        case .waiting(let until): min(until, heardAt + Self.silencePatience)
        case .joining, .joined: heardAt + Self.silencePatience
        case .closed: nil
        }
    }

    /// The place that the socket holds.
    package var place: Place? {
        if case .joined(let joined) = state { joined.place } else { nil }
    }

    // MARK: From the socket

    /// One text frame.
    package mutating func received(_ text: [UInt8], now: Duration) -> [Action] {
        guard isOpen else { return [] }
        guard admit(now) else { return close(.flood) }
        do {
            return handle(try ClientFrame.decode(text), now: now)
        } catch {
            return [.send(.error(error))]
        }
    }

    /// A frame that is no text: binary, or a control frame of the WebSocket itself.
    package mutating func received(_ kind: OtherFrame, now: Duration) -> [Action] {
        guard isOpen else { return [] }
        guard admit(now) else { return close(.flood) }
        switch kind {
        case .control: return []
        case .binary: return [.send(.error(SignalFault(.malformedFrame, "The frame is not a JSON object in UTF-8.")))]
        }
    }

    package enum OtherFrame: Sendable { case binary, control }

    /// Time has passed.
    package mutating func tick(now: Duration) -> [Action] {
        switch state {
        case .waiting(let until) where now >= until: return close(.joinTimeout)
        case .waiting, .joining, .joined:
            return now >= heardAt + Self.silencePatience ? close(.keepaliveTimeout) : []
        case .closed: return []
        }
    }

    /// Ends the session for a reason from outside: the socket broke a rule, another socket has the place, the server goes down.
    package mutating func close(_ reason: SignalClose) -> [Action] {
        guard isOpen else { return [] }
        state = .closed
        return [.close(reason)]
    }

    /// The socket is gone; whatever still comes is ignored.
    package mutating func disconnected() { state = .closed }

    private var isOpen: Bool {
        if case .closed = state { false } else { true }
    }

    private mutating func admit(_ now: Duration) -> Bool {
        heardAt = now
        return gate.admits(now: now)
    }

    private mutating func handle(_ frame: ClientFrame, now: Duration) -> [Action] {
        switch (frame, state) {
        case (.ping, _):
            return [.send(.pong)]
        case (.leave, .joined(let joined)):
            return [.abandon(joined.place)] + close(.left)
        case (.leave, _):
            return close(.left)
        case (.join(let join), .waiting(let until)):
            state = .joining(until: until, load: join.load, news: [])
            return [.start(.join(join))]
        case (.join, _):
            return [.send(.error(SignalFault(.alreadyJoined, about: "join")))]
        case (_, .joined(let joined)):
            return handle(frame, joined)
        case (.dial(let dial), _):
            return [.send(.error(SignalFault(.notJoined, about: "dial", key: dial.key)))]
        case (_, _):
            return [.send(.error(SignalFault(.notJoined, about: frame.type)))]
        }
    }

    private mutating func handle(_ frame: ClientFrame, _ joined: JoinedState) -> [Action] {
        switch frame {
        case .offer(let sdp): offer(sdp, joined)
        case .dial(let dial): self.dial(dial, joined)
        case .hangup(let call): hangup(call, joined)
        case .dtmf(let call, let digits): inOrder(.dtmf(joined.place, call, digits, isHost: joined.isHost), about: "dtmf", joined)
        case .update(let switches): update(switches, joined)
        case .view(let view): self.view(view, joined)
        case .mute(let participant, let on): moderate(.mute(participant, on: on), joined)
        case .kick(let participant): moderate(.kick(participant), joined)
        case .lock(let on): moderate(.lock(on: on), joined)
        case .end: moderate(.end, joined)
        case .chat(let text): inOrder(.chat(joined.place, name: joined.name, text), about: "chat", joined)
        case .candidate, .join, .leave, .ping: []
        }
    }

    // MARK: Join

    package mutating func joinFinished(_ result: Result<Admission, SignalFault>, now: Duration, wallMilliseconds: Int64) -> [Action] {
        guard case .joining(let until, _, let news) = state else { return [] }
        switch result {
        case .failure(let fault):
            // The page may try again, with at least a few seconds for it however long the bridge took.
            state = .waiting(until: max(until, now + .seconds(3)))
            return [.send(.error(fault))]
        case .success(let admission):
            var joined = JoinedState(place: admission.place, name: admission.name, signed: admission.signed, hidden: admission.hidden)
            let calls = admission.calls.map { call in
                joined.tell(call)
                return DialStatus(call, key: nil, load: admission.place.load, isHost: joined.isHost, now: wallMilliseconds)
            }
            state = .joined(joined)
            let welcome = Welcome(
                peer: admission.place.peer, room: admission.place.room, peers: admission.participants,
                resume: admission.resume, resumed: admission.resumed, calls: calls, isHost: joined.isHost, isLocked: admission.isLocked)
            return [.send(.welcome(welcome))] + news.flatMap { heard($0) }
        }
    }

    // MARK: Offers

    private mutating func offer(_ sdp: String, _ joined: JoinedState) -> [Action] {
        var joined = joined
        defer { state = .joined(joined) }
        guard !joined.offerInFlight else {
            joined.offersTooEarly += 1
            return []
        }
        joined.offerInFlight = true
        return [.start(.offer(joined.place, sdp: sdp))]
    }

    package mutating func offerFinished(_ result: Result<(sdp: String, sections: MediaSections), SignalFault>) -> [Action] {
        guard case .joined(var joined) = state else { return [] }
        let tooEarly = Action.send(.error(SignalFault(.offerInFlight, about: "signal")))
        let refusals = Array(repeating: tooEarly, count: joined.offersTooEarly)
        joined.offerInFlight = false
        joined.offersTooEarly = 0
        state = .joined(joined)
        switch result {
        case .failure(let fault): return [.send(.error(fault))] + refusals
        case .success(let answer): return [.send(.answer(sdp: answer.sdp))] + refusals + heard(.sections(answer.sections))
        }
    }

    // MARK: Dials

    private mutating func dial(_ dial: DialFrame, _ joined: JoinedState) -> [Action] {
        // A frame without a key is the load's automatic dial; the same load must always come to the same key.
        guard let key = dial.key ?? DialKey("auto-\(joined.place.load.text)") else { return [] }
        if dial.origin == .url && joined.place.load.isCopy {
            let reason = CallReason(code: "duplicated_tab", text: "A duplicated tab does not dial by itself. Press Call to ring.")
            return [.send(.dialStatus(DialStatus(notFired: key, reason)))]
        }
        let (target, trunk, hidden): (DialTarget, TrunkID?, LinkID?)
        switch dial.wish {
        case .number(let number, let pinned): (target, trunk, hidden) = (number, pinned, nil)
        case .link(let slug):
            // Only who came by it: its slug alone, in another room, is nobody's dial.
            guard let link = joined.hidden, link.slug == slug else {
                return [.send(.error(SignalFault(.unknownLink, about: "dial", key: key)))]
            }
            (target, trunk, hidden) = (link.target, link.trunk, link.id)
        }
        // The page sends a dial again until it hears of it: the first one is on its way.
        guard !joined.dialsInFlight.contains(key) else { return [] }
        guard joined.operations < Self.operationLimit else {
            return [.send(.error(SignalFault(.atCapacity, "Too many requests of this page are waiting for an answer.", about: "dial", key: key)))]
        }
        var joined = joined
        joined.operations += 1
        joined.dialsInFlight.insert(key)
        state = .joined(joined)
        return [
            .start(
                .dial(
                    DialRequest(
                        room: joined.place.room, peer: joined.place.peer, load: joined.place.load,
                        key: key, origin: dial.origin, target: target, trunk: trunk, client: client, signed: joined.signed, hidden: hidden)))
        ]
    }

    /// A dial has its call row (or will never have one); how the call goes on is news.
    package mutating func dialAnswered(_ key: DialKey, _ result: DialResult) -> [Action] {
        guard case .joined(var joined) = state else { return [] }
        joined.dialsInFlight.remove(key)
        switch result {
        case .notFired(let reason, let refusal):
            state = .joined(joined)
            return [.send(.dialStatus(DialStatus(notFired: key, reason, refusal)))]
        case .call(let call, let at):
            if call.state != .ended { joined.asked[call.id] = key }
            // The asker hears the state that it has now, even if it was told as news before: this one carries the key.
            // One that is older than what was told is left to the next news, which carries the key too.
            let isNews = joined.tell(call) || joined.told[call.id]?.state == call.state
            state = .joined(joined)
            return !isNews ? [] : [.send(.dialStatus(DialStatus(call, key: key, load: joined.place.load, isHost: joined.isHost, now: at)))]
        }
    }

    /// Nothing more will come of a dial by itself.
    package mutating func dialFinished(_ key: DialKey, fault: SignalFault?) -> [Action] {
        guard case .joined(var joined) = state else { return [] }
        joined.dialsInFlight.remove(key)
        joined.operations -= 1
        state = .joined(joined)
        return fault.map { [.send(.error($0))] } ?? []
    }

    private mutating func hangup(_ call: CallID, _ joined: JoinedState) -> [Action] {
        guard joined.operations < Self.operationLimit else {
            return [.send(.error(SignalFault(.atCapacity, "Too many requests of this page are waiting for an answer.", about: "hangup")))]
        }
        var joined = joined
        joined.operations += 1
        state = .joined(joined)
        return [.start(.hangup(joined.place, call, isHost: joined.isHost))]
    }

    package mutating func hangupFinished(fault: SignalFault?) -> [Action] {
        guard case .joined(var joined) = state else { return [] }
        joined.operations -= 1
        state = .joined(joined)
        return fault.map { [.send(.error($0))] } ?? []
    }

    // MARK: Roles, digits and chat

    private mutating func moderate(_ order: Moderation, _ joined: JoinedState) -> [Action] {
        guard joined.isHost else { return [.send(.error(SignalFault(.forbidden, about: order.type)))] }
        return inOrder(.moderate(joined.place, order), about: order.type, joined)
    }

    /// Starts the operation, or keeps it until those before it are done: the last switch must be the one that counts, and digits keep their order.
    private mutating func inOrder(_ operation: Operation, about type: String, _ joined: JoinedState) -> [Action] {
        guard joined.ordered.count < Self.orderedLimit else {
            return [.send(.error(SignalFault(.atCapacity, "Too many requests of this page are waiting for an answer.", about: type)))]
        }
        var joined = joined
        joined.ordered.append(operation)
        state = .joined(joined)
        return joined.ordered.count == 1 ? [.start(operation)] : []
    }

    /// The order, the digits or the message that was under way is done, or not; the next one follows.
    package mutating func orderedFinished(fault: SignalFault?) -> [Action] {
        guard case .joined(var joined) = state, !joined.ordered.isEmpty else { return [] }
        joined.ordered.removeFirst()
        state = .joined(joined)
        return (fault.map { [.send(.error($0))] } ?? []) + (joined.ordered.first.map { [.start($0)] } ?? [])
    }

    // MARK: Switches

    private mutating func update(_ switches: Switches, _ joined: JoinedState) -> [Action] {
        var joined = joined
        defer { state = .joined(joined) }
        return joined.updates.begin(switches).map { [.start(.update(joined.place, $0))] } ?? []
    }

    /// A bridge that cannot be reached is asked again until it has the newest switches; the page is told of it once.
    package mutating func updateFinished(fault: SignalFault?) -> [Action] {
        guard case .joined(var joined) = state else { return [] }
        defer { state = .joined(joined) }
        let isKnown = joined.updates.isRepeating
        let next = joined.updates.finish(isUndone: fault?.passes == true)
        return told(fault, isKnown: isKnown) + (next.map { [.start(.update(joined.place, $0))] } ?? [])
    }

    private mutating func view(_ view: [TrackSource], _ joined: JoinedState) -> [Action] {
        var joined = joined
        defer { state = .joined(joined) }
        return joined.views.begin(view).map { [.start(.view(joined.place, $0))] } ?? []
    }

    /// As `updateFinished`.
    package mutating func viewFinished(fault: SignalFault?) -> [Action] {
        guard case .joined(var joined) = state else { return [] }
        defer { state = .joined(joined) }
        let isKnown = joined.views.isRepeating
        let next = joined.views.finish(isUndone: fault?.passes == true)
        return told(fault, isKnown: isKnown) + (next.map { [.start(.view(joined.place, $0))] } ?? [])
    }

    private func told(_ fault: SignalFault?, isKnown: Bool) -> [Action] {
        guard let fault, !(fault.passes && isKnown) else { return [] }
        return [.send(.error(fault))]
    }

    // MARK: News

    /// Something happened in the room.
    package mutating func heard(_ news: RoomNews) -> [Action] {
        switch state {
        case .waiting, .closed: return []
        case .joining(let until, let load, var kept):
            guard kept.count < Self.newsLimit else { return close(.serverRestarting) }
            kept.append(news)
            state = .joining(until: until, load: load, news: kept)
            return []
        case .joined(var joined):
            defer { state = .joined(joined) }
            return joined.frames(for: news).map(Action.send)
        }
    }
}
