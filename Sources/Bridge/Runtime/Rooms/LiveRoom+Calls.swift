import Domain
import Media

extension LiveRoom {
    /// Places a call. It is refused if who asked has no media connection (a link scanner runs scripts, but has no DTLS),
    /// or if nobody has: nobody would hear the phone. A call that may wait is placed into an empty room.
    func dial(_ command: DialCommand, leg: LegID, now: Duration, into output: inout RoomOutput) -> BridgeAnswer {
        let isHeard = command.peer.map { places[$0]?.hasMedia == true } ?? places.values.contains(where: \.hasMedia)
        guard isHeard || command.waitSeconds != nil else { return .refused(.nobodyThere) }
        guard calls[command.call] == nil else { return .accepted }
        guard calls.count < Self.callLimit else { return .refused(.atCapacity) }
        var live = LiveCall(command: command, leg: leg, state: .dialling)
        if let wait = command.waitSeconds, !places.values.contains(where: { $0.holdsCalls(now: now) }) {
            live.isAwaiting = true
            // Until the answer the ring time-out is what ends it.
            live.graceEndsAt = now + .seconds(command.ringSeconds + wait)
        }
        calls[command.call] = live
        callsByLeg[leg] = command.call
        output.changes.append((.call(command.call), .callDialling(room: slug)))
        switch command.target {
        case .echo:
            answer(command.call, farEnd: engine.makeEcho(), now: now, into: &output)
        case .announcement(let announcement):
            output.speech.append((command.call, slug, announcement))
        case .trunks, .registered:
            output.phones.append(.open(command, leg))
        }
        return .accepted
    }

    /// The text of an announcement is spoken (µ-law at 8 kHz): its call can be answered.
    func speechReady(_ call: CallID, speech: [UInt8], now: Duration, into output: inout RoomOutput) {
        guard let live = calls[call], live.state < .answered, case .announcement(let announcement) = live.command.target else { return }
        let farEnd = engine.makeAnnouncement(
            speech: speech, leadSilence: .milliseconds(announcement.leadSilenceMilliseconds), loop: announcement.loop,
            limit: .seconds(announcement.maximumSeconds))
        answer(call, farEnd: farEnd, now: now, into: &output)
    }

    func speechFailed(_ call: CallID, now: Duration, into output: inout RoomOutput) {
        end(call, .internalError, by: .system, "The announcement could not be spoken.", now: now, into: &output)
    }

    /// No RTP port is free for a call to a phone.
    func phoneFailed(_ call: CallID, now: Duration, into output: inout RoomOutput) {
        output.failures.append("no RTP port could be opened for a phone: give the bridge more with --rtp-ports, or more open files (ulimit -n)")
        end(call, .trunkUnavailable, by: .system, "All lines are taken. Try again in a moment.", now: now, into: &output)
    }

    /// What the phone side reports of one of the room's calls.
    func phoneNews(_ call: CallID, _ news: PhoneNews, now: Duration, into output: inout RoomOutput) {
        guard var live = calls[call] else { return }
        switch news {
        case .trying(let trunk, let startedAt): calls[call]?.attempt = OpenAttempt(trunk: trunk, startedAt: startedAt, since: now)
        case .ringing(let earlyMedia):
            guard live.state < .answered else { return }
            live.state = .ringing
            calls[call] = live
            output.changes.append((.call(call), .callRinging(room: slug, earlyMedia: earlyMedia)))
        case .media(let media, let local, let latches, let isReoffered):
            // A codec that cannot be opened: the call goes on with the one it had, or in silence until the next offer.
            if !engine.agree(on: media, phone: live.leg, local: local, latches: latches, isReoffered: isReoffered, now: now) {
                output.failures.append("a phone's codec could not be opened")
            }
        case .attempted(let attempt):
            calls[call]?.attempt = nil
            output.changes.append((.call(call), .callAttempted(room: slug, attempt)))
        case .answered:
            live.attempt = nil
            join(live, now: now, into: &output)
        case .ended(let ending):
            end(
                call, ending.outcome, by: ending.by, ending.detail, sipStatus: ending.sipStatus, q850Cause: ending.q850Cause, now: now,
                into: &output)
        }
        drainEngine(now: now, into: &output)
    }

    func hangup(_ call: CallID, by party: CallParty, now: Duration, into output: inout RoomOutput) -> BridgeAnswer {
        guard let live = calls[call] else { return .refused(.unknownCall) }
        let answered = live.state == .answered
        end(
            call, answered ? .completed : .cancelled, by: party, answered ? "Hung up." : "Hung up before it was answered.", now: now,
            into: &output)
        return .accepted
    }

    /// Keys digits into an answered call.
    func dtmf(_ call: CallID, _ digits: DTMFDigits) -> BridgeAnswer {
        guard let live = calls[call] else { return .refused(.unknownCall) }
        guard live.state == .answered else { return .refused(.notAnswered) }
        let keys = digits.steps.map { step -> TelephoneKey in
            switch step {
            case .event(let event): .event(event)
            case .pause: .pause
            }
        }
        switch engine.press(keys, phone: live.leg) {
        case .taken: return .accepted
        case .notNegotiated: return .refused(.dtmfNotNegotiated)
        case .full: return .refused(.atCapacity)
        }
    }

    private func answer(_ call: CallID, farEnd: any FarEnd, now: Duration, into output: inout RoomOutput) {
        guard let live = calls[call] else { return }
        guard engine.addPhone(live.leg, codec: .pcmu, farEnd: farEnd, now: now) else {
            end(call, .internalError, by: .system, "The phone's codec could not be opened.", now: now, into: &output)
            return
        }
        join(live, now: now, into: &output)
        drainEngine(now: now, into: &output)
    }

    /// The far end has answered: the phone joins the room.
    private func join(_ live: LiveCall, now: Duration, into output: inout RoomOutput) {
        var live = live
        guard live.state < .answered else { return }
        live.state = .answered
        live.answeredAt = now
        if live.isAwaiting, let wait = live.command.waitSeconds { live.graceEndsAt = now + .seconds(wait) }
        calls[live.call] = live
        output.changes.append((.call(live.call), .callAnswered(room: slug)))
        output.changes.append((.room(slug), .participantJoined(room: slug, live.participant)))
    }

    /// Ends a call, once: its phone leaves the room, and its outcome is told.
    func end(
        _ call: CallID, _ outcome: CallOutcome, by party: CallParty, _ detail: String, sipStatus: Int? = nil, q850Cause: Int? = nil,
        now: Duration, into output: inout RoomOutput
    ) {
        guard let live = calls.removeValue(forKey: call) else { return }
        callsByLeg[live.leg] = nil
        let quality = live.state == .answered ? engine.statistics(of: live.leg).map(CallQuality.init) : nil
        engine.removePhone(live.leg, now: now, into: &output.packets)
        if live.isPhone { output.phones.append(.close(call, live.leg)) }
        if let attempt = live.attempt { output.changes.append((.call(call), .callAttempted(room: slug, attempt.givenUp(now: now)))) }
        if live.state == .answered {
            output.changes.append((.room(slug), .participantLeft(room: slug, .call(call))))
        }
        let ending = CallEnding(
            outcome: outcome, by: party, detail: detail, sipStatus: sipStatus, q850Cause: q850Cause, talkSeconds: live.talkSeconds(now: now),
            quality: quality)
        output.changes.append((.call(call), .callEnded(room: slug, ending)))
        output.endedCalls.append(call)
        drainEngine(now: now, into: &output)
    }

    /// Starts the grace of every call when the last browser is gone, and takes it back when one is there again.
    func settleGrace(now: Duration, into output: inout RoomOutput) {
        let held = places.values.contains { $0.holdsCalls(now: now) }
        for (call, live) in calls where held != (live.graceEndsAt == nil) {
            calls[call]?.graceEndsAt = held ? nil : now + .seconds(live.command.graceSeconds)
            if held { calls[call]?.isAwaiting = false }
            if live.isPhone { output.phones.append(.attended(call, held)) }
        }
    }

    /// Ends every call, politely, because the bridge goes down.
    func shutDown(now: Duration, into output: inout RoomOutput) {
        for call in Array(calls.keys) {
            end(call, calls[call]?.state == .answered ? .completed : .cancelled, by: .system, "The server is restarting.", now: now, into: &output)
        }
        for peer in Array(places.keys) { _ = leave(peer, now: now, into: &output) }
    }
}

extension CallQuality {
    fileprivate init(_ statistics: PhoneStatistics) {
        self.init(
            packetsReceived: Int(clamping: statistics.received), packetsLost: Int(clamping: max(0, statistics.lost)),
            jitterMilliseconds: statistics.jitter.wholeMilliseconds, roundTripMilliseconds: statistics.roundTrip?.wholeMilliseconds,
            packetsSent: Int(clamping: statistics.sent), reportedLost: statistics.reported.map { Int(max(0, $0.lost)) },
            reportedJitterMilliseconds: statistics.reported?.jitter.wholeMilliseconds)
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(clamping: seconds &* 1_000 &+ attoseconds / 1_000_000_000_000_000)
    }
}
