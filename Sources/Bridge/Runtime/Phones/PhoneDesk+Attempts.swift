import Domain
import ICE
import Media
import SIP

// Which way a call is tried: trunk after trunk, or all phones of an extension at once.

extension PhoneDesk {
    /// How long an address of a trunk, or a phone, may be silent before it is given up: the retransmissions of 3.5 s were lost, too.
    /// RFC 3261 would wait 32 s, with a person listening to nothing.
    static let responsePatience = Duration.seconds(5)
    /// The same for the resolver that looks a name up.
    private static let lookupPatience = Duration.seconds(5)
    /// Addresses of a trunk that one call is tried at, so that a name with many dead ones does not use up the ring time.
    private static let addressLimit = 4

    // MARK: Trunks

    func tryNext(_ call: CallID, now: Duration, wall: Int64) {
        while let desk = calls[call] {
            guard !desk.trunks.isEmpty else {
                let none = AttemptVerdict.notTried("No trunk is left.")
                return end(call, (desk.verdict ?? none).ending)
            }
            // One that was down a moment ago comes last. It is not left out: it may be back, and then no call fails.
            let next = desk.trunks.firstIndex { !isDown($0) } ?? 0
            let trunk = desk.trunks[next]
            calls[call]?.trunks.remove(at: next)
            if tryTrunk(trunk, for: call, now: now, wall: wall) { return }
        }
    }

    /// Calls that wait for the name of a trunk, where there is news of it.
    func goOnWithWaiting(now: Duration, wall: Int64) {
        for (call, desk) in calls.all {
            guard let trunk = desk.awaited?.trunk, trunks.resolution(of: trunk) != .pending else { continue }
            calls[call]?.awaited = nil
            if !tryTrunk(trunk, for: call, now: now, wall: wall) { tryNext(call, now: now, wall: wall) }
        }
    }

    /// The name of a trunk has been looked up for too long.
    func goOn(_ call: CallID, without trunk: TrunkID, now: Duration, wall: Int64) {
        calls[call]?.awaited = nil
        skip(trunk, of: call, "The host name of the trunk could not be looked up in time.", wall: wall)
        tryNext(call, now: now, wall: wall)
    }

    /// Notes why a trunk was not even called.
    private func skip(_ trunk: TrunkID, of call: CallID, _ text: String, for person: String? = nil, wall: Int64) {
        let verdict = AttemptVerdict.notTried(text, for: person)
        calls[call]?.verdict = verdict
        tell(call, .attempted(PhoneAttempt(trunk: trunk, startedAt: wall, latches: false).record(verdict, endedAt: wall)))
    }

    /// - Returns: whether something is under way now.
    private func tryTrunk(_ id: TrunkID, for call: CallID, now: Duration, wall: Int64) -> Bool {
        guard calls[call] != nil else { return false }
        func skip(_ text: String, for person: String? = nil) -> Bool {
            self.skip(id, of: call, text, for: person, wall: wall)
            return false
        }
        guard let trunk = trunks[id] else { return skip("The trunk is not set up on the bridge.") }
        if let limit = trunk.maximumCalls, calls.linesInUse(of: id) >= limit {
            return skip("The trunk has all its \(limit) calls up.", for: "All lines of the trunk are in use. Try again in a moment.")
        }
        if let limit = trunk.callsPerSecond, paces[id]?.isFree(limit: limit, now: now) == false {
            return skip(
                "The trunk was given its \(limit) calls of this second.", for: "Too many calls begin at this moment. Try again in a moment.")
        }
        let addresses: [SIPAddress]
        switch trunks.resolution(of: id) {
        case .addresses(let found): addresses = found
        case .pending:
            calls[call]?.awaited = (id, now + Self.lookupPatience)
            return true
        case .failed, nil:
            // Asked again, for the next call.
            if trunks.renew(id) { output.lookups.append(id) }
            return skip("The host name of the trunk could not be looked up.")
        }
        var attempt = PhoneAttempt(trunk: id, startedAt: wall, latches: trunk.latchesRTP)
        attempt.addresses = Array(addresses.prefix(isDown(id) ? 1 : Self.addressLimit))
        if let obstacle = callNextAddress(of: attempt, for: call, now: now) { return skip(obstacle) }
        paces[id, default: CallPace()].note(now: now)
        // What is known of it may be old.
        if isDown(id) { _ = test(id, now: now, wall: wall) }
        tell(call, .trying(trunk: id, startedAt: wall))
        return true
    }

    /// Calls a trunk at its next address. With an INVITE of a call of its own: so a late answer from the one before is told apart and let go.
    /// - Returns: why nothing was sent, for the operator; `nil` if something was.
    private func callNextAddress(of former: PhoneAttempt, for call: CallID, now: Duration) -> String? {
        guard let desk = calls[call], case .trunks(let route) = desk.order.route, let id = former.trunk, let trunk = trunks[id] else {
            return "The trunk is not set up on the bridge."
        }
        var attempt = former
        while let nextHop = attempt.takeAddress() {
            guard let local = localAddress(nextHop) else { continue }
            var branch = makeBranch(desk, local: local, codecs: trunk.codecs)
            let request = trunk.invite(
                to: route.number, asserting: route.callerID, nextHop: nextHop, local: local,
                offer: SIPBody(Array(branch.negotiation.offer().utf8)))
            guard let session = endpoint.place(request, now: now, random: &random) else { return "The bridge is at its limit of calls." }
            branch.responseDueAt = now + Self.responsePatience
            attempt.branches[session] = branch
            calls.attach(session, to: call, over: id)
            calls[call]?.attempt = attempt
            return nil
        }
        return "There is no route to the trunk."
    }

    // MARK: Extensions

    /// Rings all phones of an extension at once; the first that answers has the call.
    func ring(_ number: String, for call: CallID, now: Duration, wall: Int64) {
        guard let desk = calls[call] else { return }
        var attempt = PhoneAttempt(trunk: nil, startedAt: wall, latches: true)
        for binding in endpoint.bindings(for: number, now: now) {
            let local = address(towards: binding)
            var branch = makeBranch(desk, local: local, codecs: TelephoneCodec.allCases)
            let from = NameAddress(displayName: "Ringlink", uri: .sip(SIPURI(user: "ringlink", local)))
            let request = OutgoingCallRequest(
                target: .sip(binding.contact), nextHop: binding.received, pinsNextHop: true, from: from, local: local,
                contactUser: "ringlink", offer: SIPBody(Array(branch.negotiation.offer().utf8)))
            guard let session = endpoint.place(request, now: now, random: &random) else { continue }
            branch.responseDueAt = now + Self.responsePatience
            attempt.branches[session] = branch
            calls.attach(session, to: call, over: nil)
        }
        guard !attempt.branches.isEmpty else {
            return end(call, PhoneEnding(.unreachable, by: .system, "No phone is registered as extension \(number) now."))
        }
        calls[call]?.attempt = attempt
        tell(call, .trying(trunk: nil, startedAt: wall))
    }

    /// The address of ours that a registered phone is told: the one that its REGISTER came to, unless that is behind a NAT of ours, where
    /// the phone sees the address in front of it.
    private func address(towards binding: Binding) -> SIPAddress {
        guard binding.local.ip.isLocal, let told = localAddress(binding.received), !told.ip.isLocal else { return binding.local }
        return told
    }

    private func makeBranch(_ desk: DeskCall, local: SIPAddress, codecs: [TelephoneCodec]) -> PhoneAttempt.Branch {
        let address = TransportAddress(local.ip, port: desk.order.rtpPort)
        return PhoneAttempt.Branch(
            negotiation: TelephoneNegotiation(local: address, codecs: codecs.map(\.audio), sessionID: random.next()), local: address)
    }

    // MARK: The end of an attempt

    /// What was tried has failed: another address, another trunk, or the end.
    func finish(_ attempt: PhoneAttempt, _ verdict: AttemptVerdict, of call: CallID, now: Duration, wall: Int64) {
        guard let desk = calls[call] else { return }
        // What a person has heard must not begin again from the start, and nobody is rung for an empty room.
        let mayGoOn = !attempt.hasEarlyMedia && desk.isAttended
        if mayGoOn, verdict.remedy == .anotherAddress, callNextAddress(of: attempt, for: call, now: now) == nil { return }
        tell(call, .attempted(attempt.record(verdict, endedAt: wall)))
        calls[call]?.attempt = nil
        calls[call]?.verdict = verdict
        guard mayGoOn, verdict.remedy != .none, !desk.trunks.isEmpty else { return end(call, verdict.ending) }
        tryNext(call, now: now, wall: wall)
    }

    /// Nobody responded: as if the transaction had timed out. Should an answer come after all, the endpoint takes it back.
    func giveUpSilent(_ call: CallID, _ desk: DeskCall, now: Duration, wall: Int64) {
        guard var attempt = desk.attempt else { return }
        let silent = attempt.branches.filter { $0.value.responseDueAt.map { $0 <= now } == true }.keys
        for session in silent {
            letGo(session, now: now)
            attempt.branches[session] = nil
        }
        attempt.note(AttemptVerdict(CallEnd(.timedOut), hasRung: false, isExtension: attempt.trunk == nil))
        settle(attempt, of: call, now: now, wall: wall)
    }

    /// Keeps what became of an attempt, and finishes it when no branch of it is left.
    func settle(_ attempt: PhoneAttempt, of call: CallID, now: Duration, wall: Int64) {
        calls[call]?.attempt = attempt
        guard attempt.branches.isEmpty, let verdict = attempt.verdict else { return }
        finish(attempt, verdict, of: call, now: now, wall: wall)
    }

    func stopRinging(_ call: CallID, _ desk: DeskCall, now: Duration, wall: Int64) {
        let ending =
            desk.attempt == nil
            ? PhoneEnding(.trunkUnavailable, by: .system, CallOutcome.trunkUnavailable.sentence)
            : PhoneEnding(.noAnswer, by: .limit, CallOutcome.noAnswer.sentence)
        if let attempt = desk.attempt {
            tell(call, .attempted(attempt.record(AttemptVerdict(ending, .none, "Not answered in time."), endedAt: wall)))
        }
        letGo(desk, now: now)
        end(call, ending)
    }

    /// Ends the SIP side of a call that nobody waits for any more.
    func letGo(_ desk: DeskCall, now: Duration, except kept: SessionID? = nil) {
        for session in desk.attempt?.branches.keys ?? [:].keys where session != kept { letGo(session, now: now) }
    }

    func letGo(_ session: SessionID, now: Duration) {
        calls.detach(session)
        endpoint.hangUp(session, now: now, random: &random)
    }
}
