/// The SIP user agent of a bridge: the one object that the driver of its UDP socket holds.
///
/// Sans-IO: give it every datagram, the commands, and the time when `nextDeadline` has come. After each call take the
/// events, write to the journal what they say, and then take the datagrams and send them. `now` is monotonic time.
///
/// Nothing that a datagram holds can end the process or make a table grow beyond the limits of the configuration.
public final class SIPEndpoint {
    enum Timer: Hashable {
        case client(ClientTransactionKey)
        case server(ServerTransactionKey)
        case session(SessionID)
        case registrar
    }

    /// How requests of the peer name a call: their To tag is ours.
    struct SessionName: Hashable {
        let callID: String
        let localTag: String
    }

    public let configuration: SIPEndpointConfiguration
    let context: SessionContext
    var clients: [ClientTransactionKey: ClientTransaction] = [:]
    var servers: [ServerTransactionKey: ServerTransaction] = [:]
    var serverCounts: [SessionID: Int] = [:]
    var sessions: [SessionID: OutgoingCall] = [:]
    var sessionsByName: [SessionName: SessionID] = [:]
    /// OPTIONS of ours that somebody waits for.
    var probes: [SessionID: ClientTransactionKey] = [:]
    var timers = DeadlineQueue<Timer>()
    var registrar: Registrar?
    var extensions: [String: DigestSecret] = [:]
    var peers: Set<IPAddress> = []
    var peerBudget: SourceLimiter
    var unknownBudget: SourceLimiter
    public internal(set) var counters = SIPCounters()
    private var lastSession: UInt64 = 0
    private var events: [SIPEvent] = []
    private var transmits: [SIPTransmit] = []

    /// - Parameters:
    ///   - registrar: for the extensions; `nil` for an endpoint that has none.
    ///   - key: random bytes of this start of the process, by which sources share their budgets.
    public init(_ configuration: SIPEndpointConfiguration, registrar: consuming Registrar? = nil, key: [UInt8]) {
        self.configuration = configuration
        self.registrar = registrar
        context = SessionContext(timers: configuration.timers, product: configuration.product, offerPatience: configuration.offerPatience)
        let salt = key.reduce(0 as UInt64) { ($0 << 7 | $0 >> 57) ^ UInt64($1) }
        peerBudget = SourceLimiter(rate: configuration.peerPerSecond, burst: configuration.peerBurst, salt: salt)
        unknownBudget = SourceLimiter(rate: configuration.unknownSourcePerSecond, burst: configuration.unknownSourceBurst, salt: salt)
    }

    // MARK: Calls

    /// Places a call; its INVITE is sent at once.
    /// - Returns: `nil` if there are too many already.
    public func place(_ request: OutgoingCallRequest, now: Duration, random: inout some RandomNumberGenerator) -> SessionID? {
        guard let id = makeSession() else { return nil }
        let call = OutgoingCall(placing: request, id: id, context: context, using: &random)
        add(call)
        perform(call, now: now, random: &random) { call, random, output in call.start(using: &random, into: &output) }
        return id
    }

    /// Ends a call from our side, by what is right in its state: CANCEL before the answer, BYE after it.
    ///
    /// It counts as over at its `.ended`, which before the answer waits for the final response.
    /// - Parameter reason: told to the peer (RFC 3326).
    public func hangUp(_ id: SessionID, reason: ReasonHeader? = nil, now: Duration, random: inout some RandomNumberGenerator) {
        guard let call = sessions[id] else { return }
        perform(call, now: now, random: &random) { call, random, output in call.hangUp(reason: reason, using: &random, into: &output) }
    }

    /// Ends a call that a former process has left behind: sends CANCEL or BYE, and lets go who still answers.
    /// - Returns: the id of its `.released`, which is the only event to come; `nil` for a snapshot that cannot be read.
    public func hangUp(
        orphan snapshot: DialogSnapshot, digest: DigestClient?, now: Duration, random: inout some RandomNumberGenerator
    ) -> SessionID? {
        guard let id = makeSession(), let call = OutgoingCall(orphan: snapshot, digest: digest, id: id, context: context) else { return nil }
        add(call)
        perform(call, now: now, random: &random) { call, random, output in call.startEnding(using: &random, into: &output) }
        return id
    }

    // MARK: Offers in a call

    /// Answers an offer of the peer, or its question for ours.
    /// - Parameter body: `nil` for what we said last, which is right where the event said `isUnchanged`.
    /// - Returns: whether the question was still open.
    @discardableResult
    public func answerOffer(_ token: OfferToken, with body: SIPBody?, now: Duration, random: inout some RandomNumberGenerator) -> Bool {
        guard let call = sessions[token.session] else { return false }
        var wasOpen = false
        perform(call, now: now, random: &random) { call, _, output in
            wasOpen = call.answerOffer(token, with: body, now: now, into: &output)
        }
        return wasOpen
    }

    /// Refuses an offer of the peer; the session stays as it was.
    /// - Parameter status: 488 where the offer does not fit.
    /// - Returns: whether the question was still open.
    @discardableResult
    public func refuseOffer(
        _ token: OfferToken, status: UInt16 = 488, now: Duration, random: inout some RandomNumberGenerator
    ) -> Bool {
        guard let call = sessions[token.session] else { return false }
        var wasOpen = false
        perform(call, now: now, random: &random) { call, _, output in
            wasOpen = call.refuseOffer(token, status: status, into: &output)
        }
        return wasOpen
    }

    /// Offers the peer another session (re-INVITE); `.offerAnswered` or `.offerRefused` follows.
    /// - Returns: whether it can be offered now: the call is up, and no other offer is under way.
    public func changeSession(_ id: SessionID, to body: SIPBody, now: Duration, random: inout some RandomNumberGenerator) -> Bool {
        guard let call = sessions[id] else { return false }
        var isPossible = false
        perform(call, now: now, random: &random) { call, random, output in
            isPossible = call.changeSession(body, using: &random, into: &output)
        }
        return isPossible
    }

    // MARK: Sources

    /// Names the addresses of the trunks: they get friendlier answers, and more of them.
    public func setPeers(_ peers: Set<IPAddress>) { self.peers = peers }

    // MARK: Outputs

    /// The next event.
    public func pollEvent() -> SIPEvent? { events.isEmpty ? nil : events.removeFirst() }

    /// All events since the last time, in order.
    public func takeEvents() -> [SIPEvent] {
        defer { events = [] }
        return events
    }

    /// All datagrams since the last time, in order. Take the events first.
    public func takeTransmits() -> [SIPTransmit] {
        defer { transmits = [] }
        return transmits
    }

    /// When `handleDeadline` is due; `nil` if nothing is waited for.
    public var nextDeadline: Duration? { timers.next }

    /// Calls that are up, on their way up, or cleaning up.
    public var sessionCount: Int { sessions.count }

    /// Requests of ours and of peers that are remembered.
    public var transactionCount: Int { clients.count + servers.count }

    // MARK: Tables

    func transmit(_ datagram: [UInt8], from source: SIPAddress, to destination: SIPAddress) {
        transmits.append(SIPTransmit(datagram: datagram, destination: destination, source: source))
    }

    func tell(_ event: SIPEvent) { events.append(event) }

    private func makeSession() -> SessionID? {
        sessions.count < configuration.maximumSessions ? makeID() : nil
    }

    /// A number that is never used twice, for a call or a probe.
    func makeID() -> SessionID {
        lastSession += 1
        return SessionID(lastSession)
    }

    private func add(_ call: OutgoingCall) {
        sessions[call.id] = call
        sessionsByName[SessionName(callID: call.callID, localTag: call.localTag)] = call.id
    }

    func remove(_ call: OutgoingCall) {
        sessions[call.id] = nil
        sessionsByName[SessionName(callID: call.callID, localTag: call.localTag)] = nil
        timers.set(nil, for: .session(call.id))
    }
}
