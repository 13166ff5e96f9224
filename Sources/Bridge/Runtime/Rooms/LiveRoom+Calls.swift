import Domain
import Media

extension LiveRoom {
    /// Places a call. It is refused if who asked has no media connection (a link scanner runs scripts, but has no DTLS),
    /// or if nobody has: nobody would hear the phone.
    func dial(_ command: DialCommand, leg: LegID, now: Duration, into output: inout RoomOutput) -> BridgeAnswer {
        let isHeard = command.peer.map { places[$0]?.hasMedia == true } ?? places.values.contains(where: \.hasMedia)
        guard isHeard else { return .refused(.nobodyThere) }
        guard calls[command.call] == nil else { return .accepted }
        guard calls.count < Self.callLimit else { return .refused(.atCapacity) }
        calls[command.call] = LiveCall(command: command, leg: leg, state: .dialling)
        callsByLeg[leg] = command.call
        output.changes.append((.call(command.call), .callDialling(room: slug)))
        switch command.target {
        case .echo:
            answer(command.call, farEnd: engine.makeEcho(), now: now, into: &output)
        case .announcement(let announcement):
            output.speech.append((command.call, slug, announcement))
        case .trunks, .registered:
            end(command.call, .trunkUnavailable, by: .system, "No line to the telephone network is open here.", now: now, into: &output)
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

    func hangup(_ call: CallID, by party: CallParty, now: Duration, into output: inout RoomOutput) -> BridgeAnswer {
        guard let live = calls[call] else { return .refused(.unknownCall) }
        let answered = live.state == .answered
        end(
            call, answered ? .completed : .cancelled, by: party, answered ? "Hung up." : "Hung up before it was answered.", now: now,
            into: &output)
        return .accepted
    }

    private func answer(_ call: CallID, farEnd: any FarEnd, now: Duration, into output: inout RoomOutput) {
        guard var live = calls[call] else { return }
        guard engine.addPhone(live.leg, codec: .pcmu, farEnd: farEnd, now: now) else {
            end(call, .internalError, by: .system, "The phone's codec could not be opened.", now: now, into: &output)
            return
        }
        live.state = .answered
        live.answeredAt = now
        calls[call] = live
        output.changes.append((.call(call), .callAnswered(room: slug)))
        output.changes.append((.room(slug), .participantJoined(room: slug, live.participant)))
        drainEngine(now: now, into: &output)
    }

    /// Ends a call, once: its phone leaves the room, and its outcome is told.
    func end(_ call: CallID, _ outcome: CallOutcome, by party: CallParty, _ detail: String, now: Duration, into output: inout RoomOutput) {
        guard let live = calls.removeValue(forKey: call) else { return }
        callsByLeg[live.leg] = nil
        engine.removePhone(live.leg)
        if live.state == .answered {
            output.changes.append((.room(slug), .participantLeft(room: slug, .call(call))))
        }
        let ending = CallEnding(outcome: outcome, by: party, detail: detail, talkSeconds: live.talkSeconds(now: now))
        output.changes.append((.call(call), .callEnded(room: slug, ending)))
        output.endedCalls.append(call)
        drainEngine(now: now, into: &output)
    }

    /// Starts the grace of every call when the last browser is gone, and takes it back when one is there again.
    func settleGrace(now: Duration) {
        let held = places.values.contains { $0.holdsCalls(now: now) }
        for (call, live) in calls {
            if held {
                calls[call]?.graceEndsAt = nil
            } else if live.graceEndsAt == nil {
                calls[call]?.graceEndsAt = now + .seconds(live.command.graceSeconds)
            }
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
