/// A request of ours that waits for its answer: the bytes, and the machine that says when to send them again.
final class ClientTransaction {
    let key: ClientTransactionKey
    let session: SessionID
    let role: RequestRole
    let request: SIPRequest
    /// Our address.
    let source: SIPAddress
    let destination: SIPAddress
    let datagram: [UInt8]
    /// The ACK of a refused INVITE.
    private(set) var acknowledgement: [UInt8] = []
    var machine: ClientMachine

    init(
        _ key: ClientTransactionKey, _ request: SIPRequest, from source: SIPAddress, to destination: SIPAddress, session: SessionID,
        role: RequestRole,
        machine: consuming ClientMachine
    ) {
        self.key = key
        self.session = session
        self.role = role
        self.request = request
        self.source = source
        self.destination = destination
        self.machine = machine
        var datagram: [UInt8] = []
        request.serialise(into: &datagram)
        self.datagram = datagram
    }

    /// Whether a response that has our branch is indeed one to this request.
    func owns(_ response: SIPResponse) -> Bool {
        // Another sent-by is not ours (RFC 3261 section 18.1.2), and two Vias were meant for another (section 8.1.3.3).
        guard response.vias.count == 1, let via = response.via, let own = request.via else { return false }
        return via.host == own.host && via.port == own.port && response.callID == request.callID && response.cseq == request.cseq
            && response.from.tag == request.from.tag
    }

    /// Makes the ACK for a refusal: of this transaction, so with the branch of the INVITE and its way (section 17.1.1.3).
    func acknowledge(_ response: SIPResponse) {
        let message = SIPRequest(
            .ack, uri: request.uri, vias: request.vias, from: request.from, to: response.to, callID: request.callID, cseq: request.cseq.number,
            routes: request.routes)
        acknowledgement = []
        message.serialise(into: &acknowledgement)
    }
}

/// One of both client machines.
enum ClientMachine: ~Copyable {
    case invite(InviteClientTransaction)
    case other(NonInviteClientTransaction)

    enum Expiry: Equatable {
        case retransmit
        case fail(RequestFailure)
        case terminate
        case nothing
    }

    mutating func receive(status: UInt16, now: Duration) -> InviteClientTransaction.Reception {
        switch consume self {
        case .invite(var transaction):
            let reception = transaction.receive(status: status, now: now)
            self = .invite(transaction)
            return reception
        case .other(var transaction):
            let reception = transaction.receive(status: status, now: now)
            self = .other(transaction)
            switch reception {
            case .deliver: return .deliver
            case .ignore: return .ignore
            }
        }
    }

    mutating func handleDeadline(now: Duration) -> Expiry {
        switch consume self {
        case .invite(var transaction):
            let expiry = transaction.handleDeadline(now: now)
            self = .invite(transaction)
            switch expiry {
            case .retransmit: return .retransmit
            case .timedOut: return .fail(.timedOut)
            case .abandoned: return .fail(.abandoned)
            case .terminate: return .terminate
            case .nothing: return .nothing
            }
        case .other(var transaction):
            let expiry = transaction.handleDeadline(now: now)
            self = .other(transaction)
            switch expiry {
            case .retransmit: return .retransmit
            case .timedOut: return .fail(.timedOut)
            case .terminate: return .terminate
            case .nothing: return .nothing
            }
        }
    }

    mutating func failTransport() -> Bool {
        switch consume self {
        case .invite(var transaction):
            let isWaitedFor = transaction.failTransport()
            self = .invite(transaction)
            return isWaitedFor
        case .other(var transaction):
            let isWaitedFor = transaction.failTransport()
            self = .other(transaction)
            return isWaitedFor
        }
    }

    mutating func noteCancel(now: Duration) {
        switch consume self {
        case .invite(var transaction):
            transaction.noteCancel(now: now)
            self = .invite(transaction)
        case .other(let transaction):
            self = .other(transaction)
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
}
