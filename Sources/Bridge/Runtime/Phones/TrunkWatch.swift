import Domain

/// Whether a trunk is there, by the OPTIONS that it is asked: a value that knows when, not what.
///
///                 ┌─────────── three in vain ───────────▶ down ──┐ asked again after 5 s, 10 s, …, twice the interval
///     unknown ──┤ ▲                     ▲  │  ▲            │
///                 └── an answer ──▶ up ──── three in vain ─┘  └── an answer ──▶ up     └────────────┘
///
/// One lost datagram is no outage: an OPTIONS is repeated by its transaction for `patience`, and it takes three of them. Every final answer but
/// 503 says that the trunk is there, whatever it thinks of OPTIONS.
package struct TrunkWatch: Equatable, Sendable {
    /// How long one OPTIONS waits for its answer; the transaction sends it after 0, 0.5 and 1.5 s.
    package static let patience = Duration.seconds(3)
    /// How long a lookup of the host name is waited for.
    package static let lookupPatience = Duration.seconds(5)
    /// In vain, one after the other: then it is down.
    package static let tries = 3
    /// Between the first failure and the next try.
    package static let pause = Duration.seconds(2)
    /// The first pause of a trunk that is down; each further one is twice as long.
    package static let firstBackoff = Duration.seconds(5)
    /// What was asked less than this ago is not asked again because of a test.
    package static let testPause = Duration.seconds(1)

    private enum Phase: Equatable {
        /// Until then nothing is to be done; `nil`: until somebody wants a test.
        case idle(until: Duration?)
        case lookingUp(until: Duration)
        case asked(at: Duration, until: Duration)
    }

    /// What is to be done because a deadline has come.
    package enum Due: Equatable, Sendable {
        /// Find the address and ask.
        case ask
        /// The name was looked up for too long, or no answer came: `fail` it.
        case giveUp(TrunkObstacle)
        case nothing
    }

    /// `nil`: it is asked only by tests.
    private let interval: Duration?
    package private(set) var state = TrunkState.unknown
    /// Since when, milliseconds since 1970 UTC.
    package private(set) var since: Int64?
    package private(set) var last: TrunkCheck?
    /// In vain, since the last answer.
    package private(set) var failures = 0
    private var phase: Phase
    private var backoff = firstBackoff
    private var lastEnd: Duration?

    /// - Parameter interval: between two OPTIONS; `nil`: it is not asked, but for tests.
    package init(interval: Duration?, now: Duration, random: inout some RandomNumberGenerator) {
        self.interval = interval
        // A hundred trunks are not asked in one moment.
        phase = .idle(until: interval.map { _ in now + .milliseconds(Int.random(in: 0...1_000, using: &random)) })
    }

    package var deadline: Duration? {
        switch phase {
        case .idle(let until): until
        case .lookingUp(let until), .asked(_, let until): until
        }
    }

    package var isLookingUp: Bool { if case .lookingUp = phase { true } else { false } }

    /// Whether an OPTIONS, or the lookup for one, is under way.
    package var isBusy: Bool { if case .idle = phase { false } else { true } }

    package func due(now: Duration) -> Due {
        switch phase {
        case .idle(let until?) where until <= now: .ask
        case .lookingUp(let until) where until <= now: .giveUp(.noAddress)
        case .asked(_, let until) where until <= now: .giveUp(.noAnswer)
        case .idle, .lookingUp, .asked: .nothing
        }
    }

    /// Whether a test has to ask: not while that is done anyway, and not right after.
    package func mayTest(now: Duration) -> Bool {
        guard !isBusy else { return false }
        return lastEnd.map { $0 + Self.testPause <= now } ?? true
    }

    package mutating func waitForName(now: Duration) { phase = .lookingUp(until: now + Self.lookupPatience) }

    package mutating func ask(now: Duration) { phase = .asked(at: now, until: now + Self.patience) }

    /// A final response has come.
    /// - Returns: whether `state` has changed.
    package mutating func answered(_ status: Int, now: Duration, wall: Int64, random: inout some RandomNumberGenerator) -> Bool {
        guard case .asked(let since, _) = phase else { return false }
        let time = Int((now - since) / .microseconds(1))
        guard status != 503 else {
            return end(TrunkCheck(at: wall, status: status, roundTripMicroseconds: time, obstacle: .unavailable), now: now, random: &random)
        }
        return end(TrunkCheck(at: wall, status: status, roundTripMicroseconds: time), now: now, random: &random)
    }

    /// It could not be asked, or has not answered.
    /// - Returns: whether `state` has changed.
    package mutating func fail(_ obstacle: TrunkObstacle, now: Duration, wall: Int64, random: inout some RandomNumberGenerator) -> Bool {
        guard isBusy else { return false }
        return end(TrunkCheck(at: wall, obstacle: obstacle), now: now, random: &random)
    }

    private mutating func end(_ check: TrunkCheck, now: Duration, random: inout some RandomNumberGenerator) -> Bool {
        last = check
        lastEnd = now
        let before = state
        switch check.obstacle {
        case nil:
            failures = 0
            backoff = Self.firstBackoff
            if interval != nil { state = .up }
        // Our own fault: says nothing of the trunk.
        case .notAsked?: break
        case .noAddress?, .noRoute?, .unreachable?, .noAnswer?, .unavailable?:
            failures += 1
            if interval != nil, failures >= Self.tries { state = .down }
        }
        if state != before { since = check.at }
        phase = .idle(until: nextPause(after: check, random: &random).map { now + $0 })
        return state != before
    }

    private mutating func nextPause(after check: TrunkCheck, random: inout some RandomNumberGenerator) -> Duration? {
        guard let interval else { return nil }
        let pause: Duration
        if check.obstacle == nil {
            pause = interval
        } else if state == .down {
            pause = min(backoff, interval * 2)
            backoff = min(backoff * 2, interval * 2)
        } else {
            pause = min(Self.pause, interval)
        }
        // Up to a tenth more or less, so that many trunks do not fall into step.
        return pause * Int.random(in: 900...1_100, using: &random) / 1_000
    }
}
