/// The client transaction of every request but INVITE and ACK (RFC 3261 section 17.1.2).
///
///              │ request is sent
///              ▼
///     ┌────▶ trying ──────────F, transport error──▶ terminated
///     └─E────┘ │ └──1xx──▶ proceeding ──F, error──────▲ ▲
///              │       ┌──▶ │ │                       │ │
///              │       └─E──┘ └─200–699─┐             │ │
///              └──200–699──────────▶ completed ──K────┴─┘
///
/// It knows when, not what: the owner keeps the request and sends it again when told to.
public struct NonInviteClientTransaction: ~Copyable, Sendable {
    /// What the owner does with a response.
    public enum Reception: Equatable, Sendable {
        /// Hands it to the session.
        case deliver
        /// Nothing: it is repeated, or no status.
        case ignore
    }

    /// What the owner does when a timer has fired.
    public enum Expiry: Equatable, Sendable {
        /// Sends the request again (timer E).
        case retransmit
        /// Tells the session that nobody answered (timer F). The transaction is over.
        case timedOut
        /// Forgets the transaction (timer K).
        case terminate
        /// Nothing: no timer was due.
        case nothing
    }

    /// No final response yet: trying before the first provisional one, proceeding after it.
    fileprivate struct Waiting {
        /// Timer E, `nil` over a reliable transport.
        var retransmitAt: Duration?
        var interval: Duration
        /// Timer F.
        let timeout: Duration
    }

    /// Repetitions of the final response are absorbed until timer K.
    private struct Completed {
        let timerK: Duration
    }

    private enum State: ~Copyable, Sendable {
        case trying(Waiting)
        case proceeding(Waiting)
        case completed(Completed)
        /// No exit.
        case terminated
    }

    private let timers: SIPTimers
    private let reliability: TransportReliability
    private var state: State

    /// A transaction whose request is sent at `now`.
    public init(timers: SIPTimers, reliability: TransportReliability = .unreliable, now: Duration) {
        let retransmitAt: Duration? =
            switch reliability {
            case .unreliable: now + timers.t1
            case .reliable: nil
            }
        self.init(
            .trying(Waiting(retransmitAt: retransmitAt, interval: timers.t1, timeout: now + timers.patience)), timers, reliability)
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
        case .trying(let waiting):
            switch ResponseClass(status) {
            case .provisional:
                self = Self(.proceeding(waiting), timers, reliability)
                return .deliver
            case .success, .failure:
                self = Self(Self.completed(timers, reliability, now: now), timers, reliability)
                return .deliver
            case .none:
                self = Self(.trying(waiting), timers, reliability)
                return .ignore
            }
        case .proceeding(let waiting):
            switch ResponseClass(status) {
            case .provisional:
                self = Self(.proceeding(waiting), timers, reliability)
                return .deliver
            case .success, .failure:
                self = Self(Self.completed(timers, reliability, now: now), timers, reliability)
                return .deliver
            case .none:
                self = Self(.proceeding(waiting), timers, reliability)
                return .ignore
            }
        case .completed(let completed):
            self = Self(.completed(completed), timers, reliability)
            return .ignore
        case .terminated:
            self = Self(.terminated, timers, reliability)
            return .ignore
        }
    }

    /// The transport could not send the request (section 17.1.4).
    /// - Returns: whether the session has to be told, since it waits for an answer.
    public mutating func failTransport() -> Bool {
        switch consume self.state {
        case .trying:
            self = Self(.terminated, timers, reliability)
            return true
        case .proceeding:
            self = Self(.terminated, timers, reliability)
            return true
        case .completed(let completed):
            // Nothing is sent from here.
            self = Self(.completed(completed), timers, reliability)
            return false
        case .terminated:
            self = Self(.terminated, timers, reliability)
            return false
        }
    }

    /// Takes the time. A call that comes late fires a timer once, not as often as it was missed.
    public mutating func handleDeadline(now: Duration) -> Expiry {
        switch consume self.state {
        case .trying(var waiting):
            if waiting.timeout <= now {
                self = Self(.terminated, timers, reliability)
                return .timedOut
            }
            // T1, 2*T1, 4*T1, … up to T2 (section 17.1.2.2).
            let fired = waiting.fire(nextInterval: min(waiting.interval * 2, timers.t2), now: now)
            self = Self(.trying(waiting), timers, reliability)
            return fired ? .retransmit : .nothing
        case .proceeding(var waiting):
            if waiting.timeout <= now {
                self = Self(.terminated, timers, reliability)
                return .timedOut
            }
            // Somebody has it: no hurry.
            let fired = waiting.fire(nextInterval: timers.t2, now: now)
            self = Self(.proceeding(waiting), timers, reliability)
            return fired ? .retransmit : .nothing
        case .completed(let completed):
            let isOver = completed.timerK <= now
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
        case .trying(let waiting): waiting.deadline
        case .proceeding(let waiting): waiting.deadline
        case .completed(let completed): completed.timerK
        case .terminated: nil
        }
    }

    /// Whether the owner may forget it.
    public var isTerminated: Bool {
        switch state {
        case .terminated: true
        case .trying: false
        case .proceeding: false
        case .completed: false
        }
    }

    private static func completed(_ timers: SIPTimers, _ reliability: TransportReliability, now: Duration) -> State {
        switch reliability {
        case .unreliable: .completed(Completed(timerK: now + timers.t4))
        // Timer K is zero where nothing is repeated.
        case .reliable: .terminated
        }
    }
}

extension NonInviteClientTransaction.Waiting {
    fileprivate var deadline: Duration { retransmitAt.map { min($0, timeout) } ?? timeout }

    /// Whether timer E was due; it is then set again.
    fileprivate mutating func fire(nextInterval: Duration, now: Duration) -> Bool {
        guard let due = retransmitAt, due <= now else { return false }
        interval = nextInterval
        retransmitAt = now + nextInterval
        return true
    }
}
