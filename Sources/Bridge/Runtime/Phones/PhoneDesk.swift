import Domain
import ICE
import Media
import SIP

/// The telephone calls of a bridge: which trunk is tried, what is agreed on, how it ends. Sans-IO, above `SIPEndpoint`.
///
/// Rooms order, the endpoint reports, and both hear what follows. A call has one attempt at a time; an attempt has one INVITE, or one
/// for each phone of an extension. The driver carries out what `takeOutput` returns: the journal first, then the datagrams, then the news.
final class PhoneDesk {
    /// What is to be written down before anything is sent.
    enum JournalEntry: Equatable {
        /// Replaces what was kept under this number.
        case dialog(UInt64, trunk: TrunkID?, DialogSnapshot)
        case released(UInt64)
    }

    struct Output {
        var journal: [JournalEntry] = []
        var transmits: [SIPTransmit] = []
        var news: [(call: CallID, room: RoomSlug, news: PhoneNews)] = []
        /// Names to look up.
        var lookups: [TrunkID] = []
    }

    private let endpoint: SIPEndpoint
    /// The address of ours that a peer reaches us at: host and SIP port; `nil` if there is no way to it.
    private let localAddress: (SIPAddress) -> SIPAddress?
    private var random: any RandomNumberGenerator
    private var setup = BridgeSetup.none
    /// Whether any web process has told yet.
    private(set) var setupIsKnown = false
    private var trunks: [TrunkID: TrunkSetup] = [:]
    private var resolutions: [TrunkID: Resolution] = [:]
    private var calls: [CallID: DeskCall] = [:]
    private var callsBySession: [SessionID: CallID] = [:]
    /// Which trunk a session went over, for the journal and for the count of a trunk's calls; kept until its release.
    private var trunksBySession: [SessionID: TrunkID] = [:]
    private var output = Output()

    init(endpoint: SIPEndpoint, random: any RandomNumberGenerator, localAddress: @escaping (SIPAddress) -> SIPAddress?) {
        self.endpoint = endpoint
        self.random = random
        self.localAddress = localAddress
    }

    /// Calls whose far end is not over yet.
    var callCount: Int { calls.count }
    /// SIP calls that are up or cleaning up.
    var sessionCount: Int { endpoint.sessionCount }

    /// The earlier of the endpoint's deadline and the first ring time-out.
    var nextDeadline: Duration? {
        let unanswered = calls.values.lazy.filter { $0.answered == nil }
        let ring = unanswered.map(\.ringEndsAt).min()
        let response = unanswered.compactMap { $0.attempt?.responseDueAt }.min()
        return [endpoint.nextDeadline, ring, response].compactMap { $0 }.min()
    }

    // MARK: Setup

    /// Takes trunks and extensions as the web side knows them; an older version changes nothing.
    func configure(_ new: BridgeSetup) {
        guard new.version >= setup.version else { return }
        setup = new
        let old = trunks
        trunks = Dictionary(new.trunks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for (id, trunk) in trunks where old[id]?.host != trunk.host || old[id]?.port != trunk.port || resolutions[id] == nil { look(up: id) }
        for id in resolutions.keys where trunks[id] == nil { resolutions[id] = nil }
        setPeers()
        endpoint.setExtensions(
            Dictionary(
                new.extensions.map { ($0.number, DigestSecret(md5: $0.md5HA1, sha256: $0.sha256HA1)) }, uniquingKeysWith: { first, _ in first }))
        setupIsKnown = true
    }

    var needsNetwork: Bool { !setup.trunks.isEmpty || !setup.extensions.isEmpty }

    private func look(up id: TrunkID) {
        guard let trunk = trunks[id] else { return }
        if let ip = SIP.IPAddress(trunk.host) {
            resolutions[id] = .addresses([SIPAddress(ip, port: trunk.port)])
        } else {
            resolutions[id] = .pending
            output.lookups.append(id)
        }
    }

    /// Looks every name up again, as it is due now and then; the old addresses hold until the answer.
    func refreshNames() {
        for (id, trunk) in trunks where SIP.IPAddress(trunk.host) == nil { output.lookups.append(id) }
    }

    /// Where to look a trunk up: its host name and port.
    func name(of id: TrunkID) -> (host: String, port: UInt16)? { trunks[id].map { ($0.host, $0.port) } }

    /// The answer to a lookup; empty if there is none. A failed one does not take away addresses that were there.
    func resolved(_ id: TrunkID, host: String, to addresses: [SIPAddress], now: Duration, wall: Int64) {
        guard trunks[id]?.host == host else { return }
        if !addresses.isEmpty {
            resolutions[id] = .addresses(addresses)
        } else if resolutions[id] == .pending {
            resolutions[id] = .failed
        }
        setPeers()
        for (call, desk) in calls where desk.awaitedTrunk == id {
            calls[call]?.awaitedTrunk = nil
            tryTrunk(id, for: call, now: now, wall: wall)
        }
        drain(now: now, wall: wall)
    }

    private func setPeers() {
        var peers: Set<SIP.IPAddress> = []
        for case .addresses(let addresses) in resolutions.values { peers.formUnion(addresses.map(\.ip)) }
        endpoint.setPeers(peers)
    }

    // MARK: Orders of the rooms

    func perform(_ order: PhoneOrder, now: Duration, wall: Int64) {
        switch order {
        case .place(let call):
            guard calls[call.call] == nil else { return }
            calls[call.call] = DeskCall(call, now: now)
            switch call.route {
            case .trunks: tryNext(call.call, now: now, wall: wall)
            case .registered(let number): ring(number, for: call.call, now: now, wall: wall)
            case .echo, .announcement:
                end(call.call, PhoneEnding(.internalError, by: .system, CallOutcome.internalError.sentence))
            }
        case .hangUp(let call):
            guard let desk = calls.removeValue(forKey: call) else { break }
            letGo(desk, now: now)
        case .attended(let call, let isAttended): calls[call]?.isAttended = isAttended
        }
        drain(now: now, wall: wall)
    }

    /// Ends the SIP side of a call that nobody waits for any more.
    private func letGo(_ desk: DeskCall, now: Duration, except kept: SessionID? = nil) {
        for session in desk.attempt?.branches.keys ?? [:].keys where session != kept {
            callsBySession[session] = nil
            endpoint.hangUp(session, now: now, random: &random)
        }
    }

    // MARK: Attempts

    private func tryNext(_ call: CallID, now: Duration, wall: Int64) {
        while let desk = calls[call] {
            guard let trunk = desk.trunks.first else {
                let none = AttemptVerdict.notTried("No trunk is left.")
                return end(call, (desk.verdict ?? none).ending)
            }
            calls[call]?.trunks.removeFirst()
            if tryTrunk(trunk, for: call, now: now, wall: wall) { return }
        }
    }

    /// - Returns: whether something is under way now.
    @discardableResult
    private func tryTrunk(_ id: TrunkID, for call: CallID, now: Duration, wall: Int64) -> Bool {
        guard let desk = calls[call], case .trunks(let route) = desk.order.route else { return false }
        func skip(_ text: String) -> Bool {
            let verdict = AttemptVerdict.notTried(text)
            calls[call]?.verdict = verdict
            tell(call, .attempted(PhoneAttempt(trunk: id, startedAt: wall, latches: false).record(verdict, endedAt: wall)))
            return false
        }
        guard let trunk = trunks[id] else { return skip("The trunk is not set up on the bridge.") }
        if let limit = trunk.maximumCalls, trunksBySession.values.filter({ $0 == id }).count >= limit {
            return skip("The trunk has all its \(limit) calls up.")
        }
        let addresses: [SIPAddress]
        switch resolutions[id] {
        case .addresses(let found): addresses = found
        case .pending:
            calls[call]?.awaitedTrunk = id
            return true
        case .failed, nil:
            // Asked again, for the next call.
            look(up: id)
            return skip("The host name of the trunk could not be looked up.")
        }
        guard let nextHop = addresses.first, let local = localAddress(nextHop) else { return skip("There is no route to the trunk.") }
        var attempt = PhoneAttempt(trunk: id, startedAt: wall, latches: trunk.latchesRTP)
        var branch = makeBranch(desk, local: local, codecs: trunk.codecs)
        let request = trunk.invite(to: route.number, nextHop: nextHop, local: local, offer: SIPBody(Array(branch.negotiation.offer().utf8)))
        guard let session = endpoint.place(request, now: now, random: &random) else { return skip("The bridge is at its limit of calls.") }
        attempt.branches[session] = branch
        callsBySession[session] = call
        trunksBySession[session] = id
        attempt.responseDueAt = now + Self.responsePatience
        calls[call]?.attempt = attempt
        return true
    }

    /// How long a trunk may be silent before the next one is tried: the retransmissions of 3.5 s were lost, too. RFC 3261 would wait 32 s,
    /// with a person listening to nothing.
    private static let responsePatience = Duration.seconds(5)

    /// Rings all phones of an extension at once; the first that answers has the call.
    private func ring(_ number: String, for call: CallID, now: Duration, wall: Int64) {
        guard let desk = calls[call] else { return }
        var attempt = PhoneAttempt(trunk: nil, startedAt: wall, latches: true)
        for binding in endpoint.bindings(for: number, now: now) {
            var branch = makeBranch(desk, local: binding.local, codecs: TelephoneCodec.allCases)
            let from = NameAddress(displayName: "Ringlink", uri: .sip(SIPURI(user: "ringlink", binding.local)))
            let request = OutgoingCallRequest(
                target: .sip(binding.contact), nextHop: binding.received, pinsNextHop: true, from: from, local: binding.local,
                contactUser: "ringlink", offer: SIPBody(Array(branch.negotiation.offer().utf8)))
            guard let session = endpoint.place(request, now: now, random: &random) else { continue }
            attempt.branches[session] = branch
            callsBySession[session] = call
        }
        guard !attempt.branches.isEmpty else {
            return end(call, PhoneEnding(.unreachable, by: .system, "No phone is registered as extension \(number) now."))
        }
        calls[call]?.attempt = attempt
    }

    private func makeBranch(_ desk: DeskCall, local: SIPAddress, codecs: [TelephoneCodec]) -> PhoneAttempt.Branch {
        let address = TransportAddress(local.ip, port: desk.order.rtpPort)
        return PhoneAttempt.Branch(
            negotiation: TelephoneNegotiation(local: address, codecs: codecs.map(\.audio), sessionID: random.next()), local: address)
    }

    // MARK: What the endpoint reports

    /// A datagram; `local` is the concrete address of ours that it came to.
    func receive(_ datagram: Span<UInt8>, from source: SIPAddress, to local: SIPAddress, now: Duration, wall: Int64) {
        endpoint.receive(datagram, from: source, to: local, now: now, random: &random)
        drain(now: now, wall: wall)
    }

    /// The kernel says that nobody is there.
    func failTransport(to destination: SIPAddress, now: Duration, wall: Int64) {
        endpoint.failTransport(to: destination, now: now, random: &random)
        drain(now: now, wall: wall)
    }

    func handleDeadline(now: Duration, wall: Int64) {
        endpoint.handleDeadline(now: now, random: &random)
        for (call, desk) in calls where desk.answered == nil {
            if desk.ringEndsAt <= now {
                stopRinging(call, desk, now: now, wall: wall)
            } else if let due = desk.attempt?.responseDueAt, due <= now {
                giveUp(call, desk, now: now, wall: wall)
            }
        }
        drain(now: now, wall: wall)
    }

    /// Nobody responded: as if the transaction had timed out. Should an answer come after all, the endpoint takes it back.
    private func giveUp(_ call: CallID, _ desk: DeskCall, now: Duration, wall: Int64) {
        guard var attempt = desk.attempt else { return }
        letGo(desk, now: now)
        attempt.branches = [:]
        finish(attempt, AttemptVerdict(CallEnd(.timedOut), hasRung: false, isExtension: attempt.trunk == nil), of: call, now: now, wall: wall)
    }

    private func stopRinging(_ call: CallID, _ desk: DeskCall, now: Duration, wall: Int64) {
        let ending =
            desk.attempt == nil
            ? PhoneEnding(.trunkUnavailable, by: .system, CallOutcome.trunkUnavailable.sentence)
            : PhoneEnding(.noAnswer, by: .limit, CallOutcome.noAnswer.sentence)
        if let attempt = desk.attempt {
            tell(call, .attempted(attempt.record(AttemptVerdict(ending, isTrunkFault: false, "Not answered in time."), endedAt: wall)))
        }
        letGo(desk, now: now)
        end(call, ending)
    }

    /// Ends the calls that a former process has left behind.
    ///
    /// - Parameter trunk: the trunk it went over, whose password a challenge may need.
    func hangUp(orphan snapshot: DialogSnapshot, trunk: TrunkID?, now: Duration, wall: Int64) -> SessionID? {
        let digest = trunk.flatMap { trunks[$0] }?.digest
        let session = endpoint.hangUp(orphan: snapshot, digest: digest, now: now, random: &random)
        drain(now: now, wall: wall)
        return session
    }

    /// Handles what the endpoint tells until it is silent; what one event leads to may make it speak again.
    private func drain(now: Duration, wall: Int64) {
        while let event = endpoint.pollEvent() { handle(event, now: now, wall: wall) }
    }

    // Not inlined: the optimiser of Swift 6.3 ends in a fault over the two functions as one.
    @inline(never)
    private func handle(_ event: SIPEvent, now: Duration, wall: Int64) {
        switch event {
        case .dialog(let session, let snapshot): output.journal.append(.dialog(session.value, trunk: trunksBySession[session], snapshot))
        case .released(let session):
            trunksBySession[session] = nil
            output.journal.append(.released(session.value))
        case .trying(let session):
            if let call = callsBySession[session] { calls[call]?.attempt?.responseDueAt = nil }
        case .progress(let session, let status, let body, _): progressed(session, status: status, body: body)
        case .answered(let session, let body): answered(session, body, now: now, wall: wall)
        case .offered(let session, let token, let body, let isUnchanged): offered(session, token, body, isUnchanged: isUnchanged, now: now)
        case .offerAnswered(let session, let body): if let body { accept(body, in: session, isAnswer: true) }
        case .ended(let session, let end): ended(session, end, now: now, wall: wall)
        case .offerWithdrawn, .offerRefused, .registration: break
        }
    }

    private func progressed(_ session: SessionID, status: UInt16, body: SIPBody?) {
        guard let call = callsBySession[session], calls[call]?.answered == nil, var attempt = calls[call]?.attempt else { return }
        let hadEarlyMedia = attempt.hasEarlyMedia
        // 181 and 182 speak of other phones and of queues: nobody hears anything yet.
        if status == 180 || status == 183 { attempt.hasRung = true }
        calls[call]?.attempt = attempt
        // Two phones that sing at once cannot both be heard: the first one is.
        if let body, attempt.branches.count == 1, accept(body, in: session, isAnswer: true) {
            attempt.hasEarlyMedia = true
            calls[call]?.attempt?.hasEarlyMedia = true
        }
        if attempt.hasRung, status == 180 || attempt.hasEarlyMedia != hadEarlyMedia { tell(call, .ringing(earlyMedia: attempt.hasEarlyMedia)) }
    }

    private func answered(_ session: SessionID, _ body: SIPBody, now: Duration, wall: Int64) {
        guard let call = callsBySession[session], let desk = calls[call], desk.answered == nil, let attempt = desk.attempt else { return }
        calls[call]?.answered = session
        letGo(desk, now: now, except: session)
        if let branch = attempt.branches[session] { calls[call]?.attempt?.branches = [session: branch] }
        guard accept(body, in: session, isAnswer: true) else {
            let ending = PhoneEnding(.failed, by: .system, "The phone answered in a way that nothing could be heard.", sipStatus: 488)
            tell(call, .attempted(attempt.record(AttemptVerdict(ending, isTrunkFault: false, "Its answer has no usable audio."), endedAt: wall)))
            callsBySession[session] = nil
            endpoint.hangUp(session, now: now, random: &random)
            return end(call, ending)
        }
        tell(call, .attempted(attempt.answered(at: wall)))
        tell(call, .answered)
    }

    /// Takes what the far end says about its audio; `false` if nothing can be done with it.
    @discardableResult
    private func accept(_ body: SIPBody, in session: SessionID, isAnswer: Bool) -> Bool {
        guard let call = callsBySession[session], body.isType("application/sdp"),
            let media = try? calls[call]?.attempt?.branches[session]?.negotiation.accept(answer: body.bytes)
        else { return false }
        return tell(media, call, session)
    }

    @discardableResult
    private func tell(_ media: TelephoneMedia, _ call: CallID, _ session: SessionID) -> Bool {
        guard let attempt = calls[call]?.attempt, let branch = attempt.branches[session] else { return false }
        tell(call, .media(media, local: branch.local, latches: attempt.latches))
        return true
    }

    /// An offer in the call. The call is never ended for one that does not fit: it is refused, and all stays as it was.
    private func offered(_ session: SessionID, _ token: OfferToken, _ body: SIPBody?, isUnchanged: Bool, now: Duration) {
        guard let call = callsBySession[session], var branch = calls[call]?.attempt?.branches[session] else {
            endpoint.refuseOffer(token, status: 481, now: now, random: &random)
            return
        }
        if isUnchanged {
            endpoint.answerOffer(token, with: nil, now: now, random: &random)
        } else if let body {
            guard body.isType("application/sdp"), let answer = try? branch.negotiation.answer(offer: body.bytes) else {
                endpoint.refuseOffer(token, now: now, random: &random)
                return
            }
            calls[call]?.attempt?.branches[session] = branch
            endpoint.answerOffer(token, with: SIPBody(Array(answer.sdp.utf8)), now: now, random: &random)
            tell(answer.media, call, session)
        } else {
            // It asks for our offer: all that we can do, which also resumes a held call (RFC 6337 section 5.2.5).
            let offer = branch.negotiation.offer()
            calls[call]?.attempt?.branches[session] = branch
            endpoint.answerOffer(token, with: SIPBody(Array(offer.utf8)), now: now, random: &random)
        }
    }

    private func ended(_ session: SessionID, _ end: CallEnd, now: Duration, wall: Int64) {
        guard let call = callsBySession.removeValue(forKey: session), let desk = calls[call], var attempt = desk.attempt else { return }
        if desk.answered == session { return self.end(call, PhoneEnding(afterAnswer: end)) }
        attempt.branches[session] = nil
        attempt.note(AttemptVerdict(end, hasRung: attempt.hasRung, isExtension: attempt.trunk == nil))
        calls[call]?.attempt = attempt
        guard attempt.branches.isEmpty, let verdict = attempt.verdict else { return }
        finish(attempt, verdict, of: call, now: now, wall: wall)
    }

    /// An attempt has failed: another trunk, or the end.
    private func finish(_ attempt: PhoneAttempt, _ verdict: AttemptVerdict, of call: CallID, now: Duration, wall: Int64) {
        guard let desk = calls[call] else { return }
        tell(call, .attempted(attempt.record(verdict, endedAt: wall)))
        calls[call]?.attempt = nil
        calls[call]?.verdict = verdict
        // What a person has heard must not begin again from the start, and nobody is rung for an empty room.
        guard verdict.isTrunkFault, !attempt.hasEarlyMedia, desk.isAttended, !desk.trunks.isEmpty else { return self.end(call, verdict.ending) }
        tryNext(call, now: now, wall: wall)
    }

    // MARK: Telling

    private func end(_ call: CallID, _ ending: PhoneEnding) {
        tell(call, .ended(ending))
        calls[call] = nil
    }

    private func tell(_ call: CallID, _ news: PhoneNews) {
        guard let room = calls[call]?.order.room else { return }
        output.news.append((call, room, news))
    }

    /// What is to be done now. The journal first: a dialog that is written down before its INVITE leaves cannot be lost.
    func takeOutput() -> Output {
        defer { output = Output() }
        output.transmits = endpoint.takeTransmits()
        return output
    }
}
