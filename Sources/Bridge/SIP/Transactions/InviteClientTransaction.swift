/// The INVITE client transaction (RFC 3261 section 17.1.1, with the accepted state of RFC 6026 section 7.2).
///
///              │ INVITE is sent
///              ▼
///     ┌────▶ calling ──────B, transport error──────────────▶ terminated
///     └─A:───┘ │ │ │                                             ▲
///       INVITE │ │ └──1xx──▶ proceeding ──64*T1 after CANCEL─────┤
///       again  │ │           │ │                                 │
///              │ └────2xx────│─┴──▶ accepted ──M─────────────────┤
///              └──300–699:───┴────▶ completed ──D, transport─────┘
///                 ACK                          error
///
/// It knows when, not what: the owner keeps the INVITE and the ACK, and sends them when told to. It has no socket and
/// no clock. `now` is monotonic time; call `handleDeadline` at or after `deadline`.
public struct InviteClientTransaction: ~Copyable, Sendable {
    /// What the owner does with a response.
    public enum Reception: Equatable, Sendable {
        /// Hands it to the session.
        case deliver
        /// Sends an ACK for it in this transaction (section 17.1.1.3), and hands it to the session.
        case acknowledgeAndDeliver
        /// Sends the same ACK again: the response is a repetition.
        case acknowledge
        /// Nothing.
        case ignore
    }

    /// What the owner does when a timer has fired.
    public enum Expiry: Equatable, Sendable {
        /// Sends the INVITE again (timer A).
        case retransmit
        /// Tells the session that nobody answered (timer B). The transaction is over.
        case timedOut
        /// Tells the session that the cancelled INVITE never got its final response (section 9.1). The transaction is over.
        case abandoned
        /// Forgets the transaction (timers D and M).
        case terminate
        /// Nothing: no timer was due.
        case nothing
    }

    /// The INVITE is out and nothing has come back. Exits: a response, timer B, a transport error.
    private struct Calling {
        /// Timer A, `nil` over a reliable transport.
        var retransmission: Retransmission?
        /// Timer B.
        let timeout: Duration
    }

    /// Timer A: when, and how long after it the next time.
    private struct Retransmission {
        var at: Duration
        var interval: Duration
    }

    /// Somebody works on it. Exits: a final response, or the time after a CANCEL.
    private struct Proceeding {
        /// When the INVITE counts as cancelled whatever the other side says; `nil` before the CANCEL.
        var abandonment: Duration?
    }

    /// Answered; more 2xx may come, repeated or from other forks (RFC 6026 section 7.2). Exit: timer M.
    private struct Accepted {
        let timerM: Duration
    }

    /// Refused; the refusal may be repeated, since our ACK may be lost. Exits: timer D, a transport error.
    private struct Completed {
        let timerD: Duration
    }

    private enum State: ~Copyable, Sendable {
        case calling(Calling)
        case proceeding(Proceeding)
        case accepted(Accepted)
        case completed(Completed)
        /// No exit.
        case terminated
    }

    private let timers: SIPTimers
    private let reliability: TransportReliability
    private var state: State

    /// A transaction whose INVITE is sent at `now`.
    public init(timers: SIPTimers, reliability: TransportReliability = .unreliable, now: Duration) {
        let retransmission: Retransmission? =
            switch reliability {
            case .unreliable: Retransmission(at: now + timers.t1, interval: timers.t1)
            case .reliable: nil
            }
        self.init(.calling(Calling(retransmission: retransmission, timeout: now + timers.patience)), timers, reliability)
    }

    /// A transaction of a former process whose INVITE went out long ago: it only waits for what comes, at most 64*T1.
    public static func resumed(timers: SIPTimers, reliability: TransportReliability = .unreliable, now: Duration) -> Self {
        Self(.proceeding(Proceeding(abandonment: now + timers.patience)), timers, reliability)
    }

    private init(_ state: consuming State, _ timers: SIPTimers, _ reliability: TransportReliability) {
        self.timers = timers
        self.reliability = reliability
        self.state = state
    }

    // MARK: Inputs

    /// Takes the status code of a response that belongs here.
    public mutating func receive(status: UInt16, now: Duration) -> Reception {
        switch consume self.state {
        case .calling(let calling):
            switch ResponseClass(status) {
            case .provisional:
                self = Self(.proceeding(Proceeding(abandonment: nil)), timers, reliability)
                return .deliver
            case .success:
                self = Self(Self.accepted(timers, now: now), timers, reliability)
                return .deliver
            case .failure:
                self = Self(Self.completed(timers, reliability, now: now), timers, reliability)
                return .acknowledgeAndDeliver
            case .none:
                self = Self(.calling(calling), timers, reliability)
                return .ignore
            }
        case .proceeding(let proceeding):
            switch ResponseClass(status) {
            case .provisional:
                self = Self(.proceeding(proceeding), timers, reliability)
                return .deliver
            case .success:
                self = Self(Self.accepted(timers, now: now), timers, reliability)
                return .deliver
            case .failure:
                self = Self(Self.completed(timers, reliability, now: now), timers, reliability)
                return .acknowledgeAndDeliver
            case .none:
                self = Self(.proceeding(proceeding), timers, reliability)
                return .ignore
            }
        case .accepted(let accepted):
            self = Self(.accepted(accepted), timers, reliability)
            // The session tells a repetition from another fork and acknowledges each (RFC 3261 section 13.2.2.4).
            return ResponseClass(status) == .success ? .deliver : .ignore
        case .completed(let completed):
            self = Self(.completed(completed), timers, reliability)
            switch ResponseClass(status) {
            case .failure: return .acknowledge
            // A proxy forwards every 2xx, also after a refusal (section 16.7): somebody has picked up and must be let go.
            case .success: return .deliver
            case .provisional, .none: return .ignore
            }
        case .terminated:
            self = Self(.terminated, timers, reliability)
            return .ignore
        }
    }

    /// The session has sent CANCEL: what has no final response 64*T1 later never gets one (section 9.1).
    public mutating func noteCancel(now: Duration) {
        switch consume self.state {
        case .proceeding(let proceeding):
            let abandonment = proceeding.abandonment == nil ? now + timers.patience : proceeding.abandonment
            self = Self(.proceeding(Proceeding(abandonment: abandonment)), timers, reliability)
        // A CANCEL before the first provisional response is not allowed; the session waits (section 9.1).
        case .calling(let calling): self = Self(.calling(calling), timers, reliability)
        case .accepted(let accepted): self = Self(.accepted(accepted), timers, reliability)
        case .completed(let completed): self = Self(.completed(completed), timers, reliability)
        case .terminated: self = Self(.terminated, timers, reliability)
        }
    }

    /// The transport could not send the INVITE or the ACK (section 17.1.4).
    /// - Returns: whether the session has to be told, since it waits for an answer.
    public mutating func failTransport() -> Bool {
        switch consume self.state {
        case .calling:
            self = Self(.terminated, timers, reliability)
            return true
        case .proceeding(let proceeding):
            // Nothing is sent from here either: an error is another transaction's, and somebody's telephone rings.
            self = Self(.proceeding(proceeding), timers, reliability)
            return false
        case .completed:
            self = Self(.terminated, timers, reliability)
            return false
        case .accepted(let accepted):
            // Nothing is sent from here; the ACK for a 2xx is the session's.
            self = Self(.accepted(accepted), timers, reliability)
            return false
        case .terminated:
            self = Self(.terminated, timers, reliability)
            return false
        }
    }

    /// Takes the time. A call that comes late fires a timer once, not as often as it was missed.
    public mutating func handleDeadline(now: Duration) -> Expiry {
        switch consume self.state {
        case .calling(var calling):
            if calling.timeout <= now {
                self = Self(.terminated, timers, reliability)
                return .timedOut
            }
            guard let due = calling.retransmission, due.at <= now else {
                self = Self(.calling(calling), timers, reliability)
                return .nothing
            }
            // T1, 2*T1, 4*T1, …: for an INVITE without the ceiling T2 (section 17.1.1.2).
            calling.retransmission = Retransmission(at: now + due.interval * 2, interval: due.interval * 2)
            self = Self(.calling(calling), timers, reliability)
            return .retransmit
        case .proceeding(let proceeding):
            if let abandonment = proceeding.abandonment, abandonment <= now {
                self = Self(.terminated, timers, reliability)
                return .abandoned
            }
            self = Self(.proceeding(proceeding), timers, reliability)
            return .nothing
        case .accepted(let accepted):
            let isOver = accepted.timerM <= now
            self = Self(isOver ? .terminated : .accepted(accepted), timers, reliability)
            return isOver ? .terminate : .nothing
        case .completed(let completed):
            let isOver = completed.timerD <= now
            self = Self(isOver ? .terminated : .completed(completed), timers, reliability)
            return isOver ? .terminate : .nothing
        case .terminated:
            self = Self(.terminated, timers, reliability)
            return .nothing
        }
    }

    // MARK: What it knows

    /// When `handleDeadline` is due; `nil` if nothing is waited for.
    public var deadline: Duration? {
        switch state {
        case .calling(let calling): calling.retransmission.map { min($0.at, calling.timeout) } ?? calling.timeout
        case .proceeding(let proceeding): proceeding.abandonment
        case .accepted(let accepted): accepted.timerM
        case .completed(let completed): completed.timerD
        case .terminated: nil
        }
    }

    /// Whether the owner may forget it.
    public var isTerminated: Bool {
        switch state {
        case .terminated: true
        case .calling: false
        case .proceeding: false
        case .accepted: false
        case .completed: false
        }
    }

    // MARK: Transitions

    private static func accepted(_ timers: SIPTimers, now: Duration) -> State {
        .accepted(Accepted(timerM: now + timers.patience))
    }

    private static func completed(_ timers: SIPTimers, _ reliability: TransportReliability, now: Duration) -> State {
        switch reliability {
        case .unreliable: .completed(Completed(timerD: now + timers.timerD))
        // Timer D is zero where nothing is repeated.
        case .reliable: .terminated
        }
    }
}
