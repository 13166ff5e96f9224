/// A request of the peer and our last answer to it: the bytes, and the machine that says when to send them again.
final class ServerTransaction {
    let key: ServerTransactionKey
    /// The call that it is in; `nil` outside of any.
    let session: SessionID?
    /// Our address that the request came to.
    let source: SIPAddress
    let destination: SIPAddress
    private(set) var datagram: [UInt8] = []
    var machine: ServerMachine

    init(_ key: ServerTransactionKey, session: SessionID?, from source: SIPAddress, to destination: SIPAddress, machine: consuming ServerMachine) {
        self.key = key
        self.session = session
        self.source = source
        self.destination = destination
        self.machine = machine
    }

    /// Answers.
    /// - Returns: whether the answer is to be sent now.
    func respond(_ response: SIPResponse, now: Duration) -> Bool {
        guard machine.respond(status: response.status, now: now) else { return false }
        datagram = []
        response.serialise(into: &datagram)
        return true
    }
}

/// One of both server machines.
enum ServerMachine: ~Copyable {
    case invite(InviteServerTransaction)
    case other(NonInviteServerTransaction)

    /// The request came again.
    /// - Returns: whether to send the last answer again, if there is one.
    mutating func receiveRepetition() -> Bool {
        switch consume self {
        case .invite(var transaction):
            let reception = transaction.receiveInvite()
            self = .invite(transaction)
            return reception == .retransmit
        case .other(var transaction):
            let reception = transaction.receiveRequest()
            self = .other(transaction)
            return reception == .retransmit
        }
    }

    /// An ACK came.
    /// - Returns: whether it is the session's.
    mutating func receiveAcknowledgement(now: Duration) -> Bool {
        switch consume self {
        case .invite(var transaction):
            let reception = transaction.receiveAcknowledgement(now: now)
            self = .invite(transaction)
            return reception == .deliver
        case .other(let transaction):
            self = .other(transaction)
            return false
        }
    }

    mutating func respond(status: UInt16, now: Duration) -> Bool {
        switch consume self {
        case .invite(var transaction):
            let isAllowed = transaction.respond(status: status, now: now)
            self = .invite(transaction)
            return isAllowed
        case .other(var transaction):
            let isAllowed = transaction.respond(status: status, now: now)
            self = .other(transaction)
            return isAllowed
        }
    }

    /// Takes the time.
    /// - Returns: whether to send the last answer again.
    mutating func handleDeadline(now: Duration) -> Bool {
        switch consume self {
        case .invite(var transaction):
            let expiry = transaction.handleDeadline(now: now)
            self = .invite(transaction)
            return expiry == .retransmit
        case .other(var transaction):
            _ = transaction.handleDeadline(now: now)
            self = .other(transaction)
            return false
        }
    }

    var deadline: Duration? {
        switch self {
        case .invite(let transaction): transaction.deadline
        case .other(let transaction): transaction.deadline
        }
    }

    var isTerminated: Bool {
        switch self {
        case .invite(let transaction): transaction.isTerminated
        case .other(let transaction): transaction.isTerminated
        }
    }

    var isUnanswered: Bool {
        switch self {
        case .invite(let transaction): transaction.isUnanswered
        case .other(let transaction): transaction.isUnanswered
        }
    }
}
