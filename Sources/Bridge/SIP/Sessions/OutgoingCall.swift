/// One call that we place, from the INVITE to the last repetition of anything (RFC 3261 sections 9, 13, 14 and 15).
///
///               ┌───── refused, timed out ────────────────────────────────┐
///     calling ──┼─1xx──▶ proceeding ──┬─2xx: ACK──▶ talking ──BYE, ───────┤
///       │ └─────┼─2xx: ACK────────────│─────────────▲         lost        ▼
///       │ hangUp└──────────┐          │ hangUp: CANCEL                   over
///       ▼                  │          ▼                                   ▲
///     calledOff ──1xx: CANCEL────▶ cancelling ──final response, 64*T1─────┤
///       └──────────────────────────2xx: ACK, BYE; refused; timed out──────┘
///
/// In `over` the call has had its one `.ended`, and only cleans up: it acknowledges repeated 2xx, lets late forks go by
/// ACK and BYE, and answers challenges of its BYE. It is forgotten when its last transaction is.
///
/// Sans-IO: inputs are calls with `now`, what is to be done is added to a `SessionOutput`. One file per step.
final class OutgoingCall {
    enum Phase {
        /// The INVITE is out, nothing came back.
        case calling
        /// To be cancelled as soon as that is allowed, at the first provisional response (section 9.1). Then it ends so.
        case calledOff(CallEnd)
        /// A provisional response has come.
        case proceeding
        /// CANCEL is out. Unless the response says otherwise, the call ends so.
        case cancelling(CallEnd)
        /// Answered.
        case talking(Talk)
        /// No exit.
        case over
    }

    let id: SessionID
    let context: SessionContext
    let request: OutgoingCallRequest
    let path: SessionPath
    let callID: String
    let localTag: String
    var phase: Phase
    /// The INVITE that is out, or that was answered: the model of CANCEL, and of the credentials of ACK (section 13.2.2.4).
    var invite: SIPRequest
    /// Whether the final response to the INVITE is still owed.
    var isInviteOpen = true
    /// Whether a CANCEL was sent in vain.
    var needsCancelAgain = false
    /// Why we hang up, for CANCEL and BYE (RFC 3326).
    var hangUpReason: ReasonHeader?
    /// The last re-INVITE of ours, as the model of its ACK.
    var lastReinvite: SIPRequest?
    /// The telephones that ring.
    var early: [EarlyFork] = []
    /// The telephones that were picked up.
    var forks: [AcceptedFork] = []
    /// What challenges are answered with.
    var digest: DigestClient?
    /// What we said last, and what the peer said last.
    var localBody: SIPBody
    var remoteBody: SIPBody?
    var questions: UInt64 = 0
    /// Client transactions that the endpoint holds for this call.
    var openTransactions = 0
    private var isReleased = false

    init(
        _ request: OutgoingCallRequest, id: SessionID, context: SessionContext, callID: String, localTag: String, phase: Phase, invite: SIPRequest
    ) {
        self.request = request
        self.id = id
        self.context = context
        self.callID = callID
        self.localTag = localTag
        self.phase = phase
        self.invite = invite
        path = SessionPath(local: request.local, nextHop: request.nextHop, pinsNextHop: request.pinsNextHop)
        digest = request.digest
        localBody = request.offer
    }

    // MARK: What it knows

    /// When `handleDeadline` is due.
    var deadline: Duration? {
        switch phase {
        case .talking(let talk): talk.deadline
        case .calling, .calledOff, .proceeding, .cancelling, .over: nil
        }
    }

    /// Whether the endpoint may forget it.
    var isFinished: Bool { isOver && openTransactions == 0 }

    var isOver: Bool {
        switch phase {
        case .over: true
        case .calling, .calledOff, .proceeding, .cancelling, .talking: false
        }
    }

    // MARK: The end

    /// Ends the call, once.
    func end(_ end: CallEnd, into output: inout SessionOutput) {
        guard !isOver else { return }
        phase = .over
        output.add(.ended(id, end))
        releaseIfDone(into: &output)
    }

    /// Tells that nobody owes anything any more, once.
    func releaseIfDone(into output: inout SessionOutput) {
        guard isOver, !isReleased, !isInviteOpen, forks.allSatisfy({ $0.stage == .left }) else { return }
        isReleased = true
        output.add(.released(id))
    }

    // MARK: What its messages share

    /// Our Contact: where the peer reaches us in this call.
    var contact: NameAddress { NameAddress(SIPURI(user: request.contactUser, request.local)) }

    func send(_ message: SIPRequest, to destination: SIPAddress, as role: RequestRole, into output: inout SessionOutput) {
        var message = message
        message.headers[.userAgent] = context.product
        output.add(.request(message, to: destination, as: role))
    }

    /// A response came to the request that was sent for `role`.
    func receive(
        _ response: SIPResponse, for role: RequestRole, now: Duration, using random: inout some RandomNumberGenerator,
        into output: inout SessionOutput
    ) {
        if response.isFinal, !isChallenge(response) { digest?.settle() }
        switch role {
        case .invite: receiveInviteResponse(response, now: now, using: &random, into: &output)
        case .cancel: receiveCancelResponse(response)
        case .bye(let tag): receiveByeResponse(response, from: tag, using: &random, into: &output)
        case .reinvite: receiveReinviteResponse(response, now: now, using: &random, into: &output)
        // Not of a call: the endpoint keeps it to itself.
        case .probe: break
        }
    }

    /// A request got no final response.
    func fail(
        _ role: RequestRole, _ failure: RequestFailure, using random: inout some RandomNumberGenerator, into output: inout SessionOutput
    ) {
        switch role {
        case .invite: failInvite(failure, into: &output)
        case .cancel: needsCancelAgain = true
        case .bye(let tag): leave(tag, into: &output)
        case .reinvite: failReinvite(failure, using: &random, into: &output)
        case .probe: break
        }
    }

    /// The endpoint has forgotten a client transaction of this call.
    func closeTransaction() {
        openTransactions -= 1
    }

    func handleDeadline(now: Duration, using random: inout some RandomNumberGenerator, into output: inout SessionOutput) {
        repeatAnswer(now: now, using: &random, into: &output)
        expireQuestion(now: now, using: &random, into: &output)
        retryReinvite(now: now, using: &random, into: &output)
    }
}
