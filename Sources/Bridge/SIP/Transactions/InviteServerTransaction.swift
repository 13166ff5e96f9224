/// The INVITE server transaction (RFC 3261 section 17.2.1, with the accepted state of RFC 6026 section 7.1).
///
///              │ INVITE came
///              ▼
///           proceeding ──2xx──▶ accepted ──L────────────────────────▶ terminated
///              │                                                        ▲   ▲
///              └─300–699─▶ completed ──ACK──▶ confirmed ──I─────────────┘   │
///                     └─G──┘   └─────────────H, transport error─────────────┘
///
/// It knows when, not what: the owner keeps the last response and sends it again when told to. A 2xx is repeated by the
/// session, until the ACK comes to it (RFC 3261 section 13.3.1.4).
public struct InviteServerTransaction: ~Copyable, Sendable {
    /// What the owner does with a request that belongs here.
    public enum Reception: Equatable, Sendable {
        /// Sends the last response again, if there is one yet.
        case retransmit
        /// Hands the ACK of a 2xx to the session.
        case deliver
        /// Nothing.
        case ignore
    }

    /// What the owner does when a timer has fired.
    public enum Expiry: Equatable, Sendable {
        /// Sends the final response again (timer G).
        case retransmit
        /// Forgets the transaction, for whose refusal no ACK came (timer H).
        case unacknowledged
        /// Forgets the transaction (timers I and L).
        case terminate
        /// Nothing: no timer was due.
        case nothing
    }

    /// Refused; the refusal is sent again until the ACK comes. Exits: ACK, timer H, a transport error.
    private struct Completed {
        /// Timer G, `nil` over a reliable transport.
        var retransmitAt: Duration?
        var interval: Duration
        let timerH: Duration
    }

    private enum State: ~Copyable, Sendable {
        /// The session has not answered. Exit: its final response.
        case proceeding
        /// Answered: repetitions of the INVITE are absorbed. Exit: timer L.
        case accepted(timerL: Duration)
        case completed(Completed)
        /// Repetitions of the ACK are absorbed. Exit: timer I.
        case confirmed(timerI: Duration)
        /// No exit.
        case terminated
    }

    private let timers: SIPTimers
    private let reliability: TransportReliability
    private var state: State

    /// A transaction whose INVITE has come; the owner answers 100 if the session needs longer than 200 ms.
    public init(timers: SIPTimers, reliability: TransportReliability = .unreliable) {
        self.init(.proceeding, timers, reliability)
    }

    private init(_ state: consuming State, _ timers: SIPTimers, _ reliability: TransportReliability) {
        self.timers = timers
        self.reliability = reliability
        self.state = state
    }

    // MARK: Inputs

    /// The INVITE came again.
    public mutating func receiveInvite() -> Reception {
        switch state {
        case .proceeding: .retransmit
        case .completed: .retransmit
        // The session repeats its 2xx by itself (RFC 6026 section 7.1).
        case .accepted: .ignore
        case .confirmed: .ignore
        case .terminated: .ignore
        }
    }

    /// An ACK came that matches this transaction.
    public mutating func receiveAcknowledgement(now: Duration) -> Reception {
        switch consume self.state {
        case .proceeding:
            self = Self(.proceeding, timers, reliability)
            return .ignore
        case .accepted(let timerL):
            self = Self(.accepted(timerL: timerL), timers, reliability)
            return .deliver
        case .completed:
            self = Self(Self.confirmed(timers, reliability, now: now), timers, reliability)
            return .ignore
        case .confirmed(let timerI):
            self = Self(.confirmed(timerI: timerI), timers, reliability)
            return .ignore
        case .terminated:
            self = Self(.terminated, timers, reliability)
            return .ignore
        }
    }

    /// The session answers with `status`.
    /// - Returns: whether the response may be sent: after the first final response only another 2xx after a 2xx may.
    public mutating func respond(status: UInt16, now: Duration) -> Bool {
        switch consume self.state {
        case .proceeding:
            switch ResponseClass(status) {
            case .provisional:
                self = Self(.proceeding, timers, reliability)
                return true
            case .success:
                self = Self(.accepted(timerL: now + timers.patience), timers, reliability)
                return true
            case .failure:
                self = Self(Self.completed(timers, reliability, now: now), timers, reliability)
                return true
            case .none:
                self = Self(.proceeding, timers, reliability)
                return false
            }
        case .accepted(let timerL):
            self = Self(.accepted(timerL: timerL), timers, reliability)
            return ResponseClass(status) == .success
        case .completed(let completed):
            self = Self(.completed(completed), timers, reliability)
            return false
        case .confirmed(let timerI):
            self = Self(.confirmed(timerI: timerI), timers, reliability)
            return false
        case .terminated:
            self = Self(.terminated, timers, reliability)
            return false
        }
    }

    /// Takes the time. A call that comes late fires a timer once, not as often as it was missed.
    public mutating func handleDeadline(now: Duration) -> Expiry {
        switch consume self.state {
        case .proceeding:
            self = Self(.proceeding, timers, reliability)
            return .nothing
        case .accepted(let timerL):
            let isOver = timerL <= now
            self = Self(isOver ? .terminated : .accepted(timerL: timerL), timers, reliability)
            return isOver ? .terminate : .nothing
        case .completed(var completed):
            if completed.timerH <= now {
                self = Self(.terminated, timers, reliability)
                return .unacknowledged
            }
            guard let due = completed.retransmitAt, due <= now else {
                self = Self(.completed(completed), timers, reliability)
                return .nothing
            }
            completed.interval = min(completed.interval * 2, timers.t2)
            completed.retransmitAt = now + completed.interval
            self = Self(.completed(completed), timers, reliability)
            return .retransmit
        case .confirmed(let timerI):
            let isOver = timerI <= now
            self = Self(isOver ? .terminated : .confirmed(timerI: timerI), timers, reliability)
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
        case .proceeding: nil
        case .accepted(let timerL): timerL
        case .completed(let completed): completed.retransmitAt.map { min($0, completed.timerH) } ?? completed.timerH
        case .confirmed(let timerI): timerI
        case .terminated: nil
        }
    }

    /// Whether the owner may forget it.
    public var isTerminated: Bool {
        switch state {
        case .terminated: true
        case .proceeding: false
        case .accepted: false
        case .completed: false
        case .confirmed: false
        }
    }

    /// Whether the session still owes the final response.
    public var isUnanswered: Bool {
        switch state {
        case .proceeding: true
        case .accepted: false
        case .completed: false
        case .confirmed: false
        case .terminated: false
        }
    }

    // MARK: Transitions

    private static func completed(_ timers: SIPTimers, _ reliability: TransportReliability, now: Duration) -> State {
        let retransmitAt: Duration? =
            switch reliability {
            case .unreliable: now + timers.t1
            case .reliable: nil
            }
        return .completed(Completed(retransmitAt: retransmitAt, interval: timers.t1, timerH: now + timers.patience))
    }

    private static func confirmed(_ timers: SIPTimers, _ reliability: TransportReliability, now: Duration) -> State {
        switch reliability {
        case .unreliable: .confirmed(timerI: now + timers.t4)
        // Timer I is zero where nothing is repeated.
        case .reliable: .terminated
        }
    }
}
