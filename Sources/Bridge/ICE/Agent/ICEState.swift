/// Where an `ICELiteAgent` stands.
///
///     checking ──valid check──▶ connected ──patience──▶ expired
///        └──────────────────patience───────────────────────▲
enum ICEState: ~Copyable, Sendable {
    /// No valid check has come yet. Exits: the first one, or the deadline.
    case checking(since: Duration)
    /// There is a path to the peer, with its consent. Exit: the deadline, which every valid check puts off.
    case connected(ICEConnection)
    /// Nothing may be sent to the peer any more (RFC 7675 section 5.1). No exit.
    case expired

    /// A valid check came on `path`.
    mutating func pass(_ path: TransportPath, isNominating: Bool, now: Duration) -> ICEPathUpdate {
        switch consume self {
        case .checking:
            self = .connected(ICEConnection(first: path, isNominated: isNominating, now: now))
            return ICEPathUpdate(isNewPath: true, selected: path)
        case .connected(var connection):
            let update = connection.check(path, isNominating: isNominating, now: now)
            self = .connected(connection)
            return update
        case .expired:
            self = .expired
            return ICEPathUpdate()
        }
    }

    /// The time came: the reason for which it was waited for, if it was.
    mutating func expire(now: Duration) -> ICEDeadline.Reason? {
        guard let deadline, deadline.at <= now else { return nil }
        self = .expired
        return deadline.reason
    }

    var deadline: ICEDeadline? {
        switch self {
        case .checking(let since): ICEDeadline(at: since + ICELiteAgent.patience, reason: .firstCheck)
        case .connected(let connection): ICEDeadline(at: connection.lastCheck + ICELiteAgent.patience, reason: .consent)
        case .expired: nil
        }
    }

    var isExpired: Bool {
        switch self {
        case .expired: true
        case .checking: false
        case .connected: false
        }
    }

    var selectedPath: TransportPath? {
        switch self {
        case .connected(let connection): connection.selected
        case .checking: nil
        case .expired: nil
        }
    }

    var isNominated: Bool {
        switch self {
        case .connected(let connection): connection.isNominated
        case .checking: false
        case .expired: false
        }
    }

    func isValidated(_ path: TransportPath) -> Bool {
        switch self {
        case .connected(let connection): connection.contains(path)
        case .checking: false
        case .expired: false
        }
    }

    func isSilent(now: Duration) -> Bool {
        switch self {
        case .checking(let since): now - since >= ICELiteAgent.silence
        case .connected(let connection): now - connection.lastCheck >= ICELiteAgent.silence
        case .expired: true
        }
    }
}
