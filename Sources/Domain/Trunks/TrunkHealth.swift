/// Whether a trunk can be reached, as one bridge sees it.
public enum TrunkState: String, Codable, Sendable, CaseIterable {
    case up
    case down
    /// It has not been asked yet, or is not to be asked.
    case unknown
}

/// Why an OPTIONS got no answer that counts.
public enum TrunkObstacle: String, Codable, Sendable, CaseIterable {
    /// The host name has no address, or could not be looked up.
    case noAddress = "no_address"
    /// There is no way to the address from here.
    case noRoute = "no_route"
    /// The network says that nobody listens there (ICMP).
    case unreachable
    case noAnswer = "no_answer"
    /// It answered 503: it takes no calls now (RFC 3261 section 21.5.4).
    case unavailable
    /// The bridge had no room for the request; says nothing of the trunk.
    case notAsked = "not_asked"
}

/// What one OPTIONS came to (RFC 3261 section 11).
public struct TrunkCheck: Codable, Sendable, Equatable {
    /// When it was over, milliseconds since 1970 UTC.
    public var at: Int64
    /// The final status, if one came.
    public var status: Int?
    /// From the OPTIONS to its answer.
    public var roundTripMicroseconds: Int?
    /// `nil`: the trunk is there. Every final answer but 503 says so, also a refusal.
    public var obstacle: TrunkObstacle?

    public init(at: Int64, status: Int? = nil, roundTripMicroseconds: Int? = nil, obstacle: TrunkObstacle? = nil) {
        self.at = at
        self.status = status
        self.roundTripMicroseconds = roundTripMicroseconds
        self.obstacle = obstacle
    }

    /// What it means, and what to do about it, for the operator.
    public var sentence: String {
        switch obstacle {
        case .noAddress?: "The host name could not be looked up. Check its spelling, and the name server of this machine."
        case .noRoute?: "There is no route from this machine to the address of the trunk."
        case .unreachable?: "Nobody listens at the address of the trunk. Check host and port."
        case .noAnswer?: "It did not answer. Check host and port, and whether UDP gets through in both directions."
        case .unavailable?: "It answered 503: it is there, but takes no calls now."
        case .notAsked?: "The bridge is busy and has not asked. Try again in a moment."
        case nil: answered
        }
    }

    private var answered: String {
        switch status {
        case let status? where (200...299).contains(status): "It answered \(status)."
        case 401?, 407?:
            "It answered \(status ?? 0): it is there. Whether it takes the user name and the password, only a call can tell."
        case let status?: "It answered \(status): it is there. Whether it takes calls, only a call can tell."
        case nil: "It answered."
        }
    }
}

/// How a trunk stands at a bridge at this moment.
public struct TrunkReport: Codable, Sendable, Equatable {
    public var state: TrunkState
    /// Since when it is `up` or `down`, milliseconds since 1970 UTC.
    public var since: Int64?
    /// The last OPTIONS; `nil` if there was none.
    public var check: TrunkCheck?
    /// Calls that take up a line of it.
    public var calls: Int
    /// Calls that were given to it within the last second.
    public var callsInLastSecond: Int

    public init(state: TrunkState, since: Int64?, check: TrunkCheck?, calls: Int, callsInLastSecond: Int) {
        self.state = state
        self.since = since
        self.check = check
        self.calls = calls
        self.callsInLastSecond = callsInLastSecond
    }
}
