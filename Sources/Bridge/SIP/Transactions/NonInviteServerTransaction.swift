/// The server transaction of every request but INVITE and ACK (RFC 3261 section 17.2.2).
///
///              │ request came
///              ▼
///           trying ──200–699──▶ completed ──J──▶ terminated
///              └─1xx─▶ proceeding ─┘
///
/// It knows when, not what: the owner keeps the last response and sends it again when told to.
public struct NonInviteServerTransaction: ~Copyable, Sendable {
    /// What the owner does with the request that came again.
    public enum Reception: Equatable, Sendable {
        /// Sends the last response again.
        case retransmit
        /// Nothing: the session has not answered yet.
        case ignore
    }

    private enum State: ~Copyable, Sendable {
        /// The session has not answered. Exit: its response.
        case trying
        /// It has answered provisionally. Exit: its final response.
        case proceeding
        /// Repetitions of the request get the same answer. Exit: timer J.
        case completed(timerJ: Duration)
        /// No exit.
        case terminated
    }

    private let timers: SIPTimers
    private let reliability: TransportReliability
    private var state: State

    /// A transaction whose request has come.
    public init(timers: SIPTimers, reliability: TransportReliability = .unreliable) {
        self.init(.trying, timers, reliability)
    }

    private init(_ state: consuming State, _ timers: SIPTimers, _ reliability: TransportReliability) {
        self.timers = timers
        self.reliability = reliability
        self.state = state
    }

    // MARK: Inputs

    /// The request came again.
    public mutating func receiveRequest() -> Reception {
        switch state {
        case .proceeding: .retransmit
        case .completed: .retransmit
        case .trying: .ignore
        case .terminated: .ignore
        }
    }

    /// The session answers with `status`.
    /// - Returns: whether the response may be sent: after the first final response none may.
    public mutating func respond(status: UInt16, now: Duration) -> Bool {
        switch consume self.state {
        case .trying:
            switch ResponseClass(status) {
            case .provisional:
                self = Self(.proceeding, timers, reliability)
                return true
            case .success, .failure:
                self = Self(Self.completed(timers, reliability, now: now), timers, reliability)
                return true
            case .none:
                self = Self(.trying, timers, reliability)
                return false
            }
        case .proceeding:
            switch ResponseClass(status) {
            case .provisional:
                self = Self(.proceeding, timers, reliability)
                return true
            case .success, .failure:
                self = Self(Self.completed(timers, reliability, now: now), timers, reliability)
                return true
            case .none:
                self = Self(.proceeding, timers, reliability)
                return false
            }
        case .completed(let timerJ):
            self = Self(.completed(timerJ: timerJ), timers, reliability)
            return false
        case .terminated:
            self = Self(.terminated, timers, reliability)
            return false
        }
    }

    /// Takes the time.
    /// - Returns: whether timer J has fired, so that the owner forgets the transaction.
    public mutating func handleDeadline(now: Duration) -> Bool {
        switch consume self.state {
        case .trying:
            self = Self(.trying, timers, reliability)
            return false
        case .proceeding:
            self = Self(.proceeding, timers, reliability)
            return false
        case .completed(let timerJ):
            let isOver = timerJ <= now
            self = Self(isOver ? .terminated : .completed(timerJ: timerJ), timers, reliability)
            return isOver
        case .terminated:
            self = Self(.terminated, timers, reliability)
            return false
        }
    }

    // MARK: What it knows

    /// When `handleDeadline` is due; `nil` if nothing is waited for.
    public var deadline: Duration? {
        switch state {
        case .completed(let timerJ): timerJ
        case .trying: nil
        case .proceeding: nil
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

    /// Whether the session still owes the final response.
    public var isUnanswered: Bool {
        switch state {
        case .trying: true
        case .proceeding: true
        case .completed: false
        case .terminated: false
        }
    }

    private static func completed(_ timers: SIPTimers, _ reliability: TransportReliability, now: Duration) -> State {
        switch reliability {
        case .unreliable: .completed(timerJ: now + timers.patience)
        // Timer J is zero where nothing is repeated.
        case .reliable: .terminated
        }
    }
}
