import Domain
import Logging

/// The way of a dial: from a page's wish over the books to the bridge, and of a hang-up.
struct DialDesk: Sendable {
    let calls: any CallBook
    let bridge: any BridgeConnection
    let orders: StandingOrders
    let hub: RoomHub
    let clock: ServerClock
    let logger: Logger

    /// Makes the call that a program wishes by REST, and hands it to the bridge.
    ///
    /// - Returns: the verdict of the books; how the call goes on is theirs to say.
    func place(_ request: DialRequest) async throws -> DialVerdict {
        let verdict = try await calls.dial(request, now: clock.wallMilliseconds)
        switch verdict {
        case .placed(let call, let command):
            await hub.tell(.call(call, at: clock.wallMilliseconds), in: call.room)
            _ = await send(command, for: call)
        case .refused(let call): await hub.tell(.call(call, at: clock.wallMilliseconds), in: call.room)
        case .known, .attached, .turnedAway, .alreadyFired: break
        }
        return verdict
    }

    /// Hangs up a call for the operator. The order stands until the bridge has it, also if this throws.
    ///
    /// - Throws: `BridgeUnavailable` if the bridge could not be reached, `ProblemDocument` if another installation's has the call.
    func hangup(byOperator call: CallSnapshot) async throws {
        guard let refusal = try await hangup(call, by: .operatorRequest, patience: 8_000) else { return }
        guard refusal == .unknownCall else { throw ProblemDocument(refusal.problem) }
        guard try await !calls.isElsewhere(call.id) else { throw ProblemDocument.elsewhere }
    }

    /// Makes the call that `request` wishes, or finds that there is none to make.
    ///
    /// - Parameter answered: told once, before the bridge is asked, what call the wish has come to.
    /// - Returns: why the wish was not granted, where the call itself does not say so.
    func dial(_ request: DialRequest, answered: (SignalSession.DialResult) -> Void) async -> SignalFault? {
        let verdict: DialVerdict
        do {
            verdict = try await calls.dial(request, now: clock.wallMilliseconds)
        } catch {
            logger.error("dial not decided", metadata: ["room": "\(request.room.shortened)", "error": "\(error)"])
            return SignalFault(.serverError, about: "dial", key: request.key)
        }
        let now = clock.wallMilliseconds
        switch verdict {
        case .placed(let call, let command):
            answered(.call(call, at: now))
            await hub.tell(.call(call, at: now), in: call.room)
            guard let problem = await send(command, for: call) else { return nil }
            return SignalFault(problem, about: "dial", key: request.key)
        case .refused(let call):
            answered(.call(call, at: now))
            await hub.tell(.call(call, at: now), in: call.room)
        case .turnedAway(let reason, let refusal):
            answered(.notFired(reason, refusal))
        case .known(let call), .attached(let call):
            answered(.call(call, at: now))
        case .alreadyFired:
            answered(.notFired(CallReason(Problem(.alreadyFired)), nil))
        }
        return nil
    }

    /// Hands a queued call to the bridge; if that fails the call ends here and now.
    ///
    /// - Returns: the failure, if the asker should hear of it besides the call's own end.
    func send(_ command: DialCommand, for call: CallSnapshot) async -> Problem? {
        do {
            let answer = try await bridge.send(.dial(command), id: Self.commandID(of: call.id), expiry: call.expiresAt) { epoch in
                await mark(call, epoch: epoch)
            }
            guard case .refused(let refusal) = answer else { return nil }
            logger.notice("dial refused by the bridge", metadata: ["call": "\(call.id)", "refusal": "\(refusal.rawValue)"])
            await end(call, DialFailure.outcome(of: refusal), CallReason(refusal.problem))
            return refusal == .nobodyThere ? refusal.problem : nil
        } catch {
            // The bridge has told of the call meanwhile, or its books are closed, or it expires as queued: not for us to end.
            guard !error.isClaimRefused else { return nil }
            logger.warning("dial without an answer of the bridge", metadata: ["call": "\(call.id)", "may_have_arrived": "\(error.mayHaveArrived)"])
            await end(call, .internalError, CallReason(Problem(.bridgeUnavailable, DialFailure.sentence(for: error))))
            return nil
        }
    }

    /// The same for the same call, also from a process that was started anew: the bridge does it once.
    private static func commandID(of call: CallID) -> String {
        call.text.dropFirst(CallID.prefix.count) + String(repeating: "0", count: 32 - CallID.digits)
    }

    private func mark(_ call: CallSnapshot, epoch: UInt64) async -> Bool {
        do {
            return try await calls.markSent(call.id, epoch: epoch, now: clock.wallMilliseconds)
        } catch {
            logger.error("call not sent, it cannot be marked as sent", metadata: ["call": "\(call.id)", "error": "\(error)"])
            return false
        }
    }

    /// Hangs up a call of the room: for the load that started it, or for a host.
    ///
    /// - Returns: why it was not done.
    func hangup(_ id: CallID, from place: Place, isHost: Bool) async -> SignalFault? {
        do {
            guard let call = try await calls.call(id), call.room == place.room, call.state != .ended else {
                return SignalFault(.unknownCall, about: "hangup")
            }
            guard isHost || call.load == place.load else { return SignalFault(.forbidden, about: "hangup") }
            guard let refusal = try await hangup(call, by: .user, patience: 8_000) else { return nil }
            guard refusal == .unknownCall else { return SignalFault(refusal.problem, about: "hangup") }
            // Not there any more: its own end is on its way. But another process's call only that process can hang up.
            return try await calls.isElsewhere(id) ? SignalFault(.bridgeUnavailable, about: "hangup") : nil
        } catch is BridgeUnavailable {
            return SignalFault(.bridgeUnavailable, about: "hangup")
        } catch {
            logger.error("hang-up not done", metadata: ["call": "\(id)", "error": "\(error)"])
            return SignalFault(.serverError, about: "hangup")
        }
    }

    /// A hang-up that the bridge has not confirmed.
    func repeatHangup(_ id: CallID, by party: CallParty, patience: Int64) async throws {
        guard let call = try await calls.call(id), call.state != .ended else { return await orders.drop(.hangup(id, by: party)) }
        _ = try await hangup(call, by: party, patience: patience)
    }

    /// Asks the bridge to hang up, now or when it is reached again.
    private func hangup(_ call: CallSnapshot, by party: CallParty, patience: Int64) async throws(BridgeUnavailable) -> BridgeRefusal? {
        guard case .refused(let refusal) = try await orders.give(.hangup(call.id, by: party), patience: patience) else { return nil }
        if refusal == .unknownCall {
            // Not at the bridge yet: the books close here, and a call that comes up after all is ordered down.
            await end(call, .cancelled, CallReason(code: CallOutcome.cancelled.rawValue, text: CallOutcome.cancelled.sentence), by: party)
        }
        return refusal
    }

    /// Ends a call that the bridge has not spoken of: what it says has to count, also if it comes late.
    private func end(_ call: CallSnapshot, _ outcome: CallOutcome, _ reason: CallReason, by party: CallParty = .system) async {
        do {
            guard let ended = try await calls.endQueued(call.id, outcome, reason, by: party, now: clock.wallMilliseconds) else { return }
            await hub.tell(.call(ended, at: clock.wallMilliseconds), in: ended.room)
        } catch {
            // It expires as queued, or the next hello finds that the bridge does not have it.
            logger.error("call not ended in the books", metadata: ["call": "\(call.id)", "error": "\(error)"])
        }
    }
}

/// What a call comes to that the bridge did not take.
enum DialFailure {
    static func outcome(of refusal: BridgeRefusal) -> CallOutcome {
        switch refusal {
        case .nobodyThere, .unknownPeer, .roomFull: .failed
        case .atCapacity, .shuttingDown: .trunkUnavailable
        case .unknownCall, .notAnswered, .dtmfNotNegotiated, .unknownParticipant, .unknownTrunk, .roomLocked, .invalidOffer, .internalError:
            .internalError
        }
    }

    static func sentence(for failure: BridgeUnavailable) -> String {
        failure.mayHaveArrived
            ? "The phone bridge did not answer in time, so the call was given up."
            : "The phone bridge could not be reached, so nobody was rung. Try again in a moment."
    }
}
