import ICE
import LibSRTP
import Linux
import Media
import OpenSSLDTLS
import RTP

/// The network side of a browser: checks as the controlling agent, DTLS client, SRTP.
final class BrowserConnection: LegConnection {
    private static let patience = Duration.seconds(10)
    /// How often a browser repeats its first check, and its consent (RFC 7675 section 5.1).
    private static let checkInterval = Duration.milliseconds(50)
    private static let consentInterval = Duration.milliseconds(2500)

    let socket: UDPSocket
    private let local: ICECredentials
    private let answer: ServerAnswer
    private let established: @Sendable (Result<Duration, BenchError>) -> Void
    private let key: STUNIntegrityKey
    private let dtls: OpenSSLAssociation
    private var srtp: LibSRTPTransform?
    private var random = SystemRandomNumberGenerator()
    private let tieBreaker: UInt64
    private let giveUp: Duration
    private var nextCheck: Duration
    private var isAnswered = false
    private var isTold = false
    private var bytes: [UInt8] = []

    /// - Parameter established: told once, when DTLS was established, or why not.
    init(
        local: ICECredentials, answer: ServerAnswer, certificate: DTLSCertificate,
        established: @escaping @Sendable (Result<Duration, BenchError>) -> Void, now: Duration
    ) throws {
        self.local = local
        self.answer = answer
        self.established = established
        key = STUNIntegrityKey(password: answer.remote.password)
        dtls = try OpenSSLAssociation(certificate: certificate, role: .client)
        let any = SocketAddress(ipv4: answer.address.host == "127.0.0.1" ? 0x7F00_0001 : 0, port: 0)
        socket = try UDPSocket(bind: any)
        tieBreaker = random.next()
        giveUp = now + Self.patience
        nextCheck = now
        bytes.reserveCapacity(2048)
    }

    var deadline: Duration {
        guard isAnswered, let deadline = dtls.deadline else { return nextCheck }
        return min(nextCheck, deadline)
    }

    func handleDeadline(now: Duration) {
        if nextCheck <= now { check(now: now) }
        if isAnswered, let deadline = dtls.deadline, deadline <= now { progress(dtls.handleDeadline(now: now), now: now) }
        if !isTold, giveUp <= now { tell(.failure(BenchError("no media connection within 10 s"))) }
    }

    // MARK: What comes

    func receive(_ datagram: inout [UInt8], now: Duration) -> DatagramKind {
        let kind = DatagramKind(datagram.span)
        switch kind {
        case .stun: receiveSTUN(datagram, now: now)
        case .dtls: if isAnswered { progress(dtls.receive(datagram, now: now), now: now) }
        case .rtp: if srtp?.unprotectRTP(&datagram) != .accepted { return .unknown }
        case .rtcp: if srtp?.unprotectRTCP(&datagram) != .accepted { return .unknown }
        case .unknown: break
        }
        return kind
    }

    private func receiveSTUN(_ datagram: [UInt8], now: Duration) {
        guard !isAnswered, let message = try? STUNMessage(datagram.span), message.kind == .success,
            message.isAuthentic(in: datagram.span, key: key)
        else { return }
        isAnswered = true
        nextCheck = now + Self.consentInterval
        // A client's first flight leaves with its first deadline.
        progress(dtls.handleDeadline(now: now), now: now)
    }

    private func progress(_ progress: DTLSProgress, now: Duration) {
        flushDTLS()
        switch progress {
        case .pending: break
        case .closed: tell(.failure(BenchError("the server closed the media connection")))
        case .failed(let reason): tell(.failure(BenchError("DTLS failed: \(reason)")))
        case .established(let material, let fingerprint):
            guard fingerprint == answer.fingerprint, let srtp = try? LibSRTPTransform(material) else {
                return tell(.failure(BenchError("the server's certificate is not that of its answer")))
            }
            self.srtp = srtp
            tell(.success(now))
        }
    }

    private func tell(_ result: Result<Duration, BenchError>) {
        guard !isTold else { return }
        isTold = true
        established(result)
    }

    // MARK: What goes

    private func check(now: Duration) {
        nextCheck = now + (isAnswered ? Self.consentInterval : Self.checkInterval)
        let request = STUNBindingRequest(
            transactionID: STUNTransactionID(random: &random), username: "\(answer.remote.ufrag):\(local.ufrag)",
            priority: ICECandidate.priority(.peerReflexive, localPreference: .max, component: 1), role: .controlling(tieBreaker: tieBreaker),
            isNominating: true)
        send { request.append(key: key, to: &$0) }
    }

    private func flushDTLS() {
        var more = true
        while more {
            more = false
            send { more = dtls.takeDatagram(into: &$0) }
        }
    }

    func sendRTP(_ build: (inout [UInt8]) -> Void) {
        guard let srtp else { return }
        send { bytes in
            build(&bytes)
            _ = srtp.protectRTP(&bytes, from: 0)
        }
    }

    func sendRTCP(_ build: (inout [UInt8]) -> Void) {
        guard let srtp else { return }
        send { bytes in
            build(&bytes)
            _ = srtp.protectRTCP(&bytes, from: 0)
        }
    }

    func close() {
        dtls.close()
        flushDTLS()
    }

    private func send(_ build: (inout [UInt8]) -> Void) {
        bytes.removeAll(keepingCapacity: true)
        build(&bytes)
        guard !bytes.isEmpty else { return }
        _ = socket.send(bytes, 0..<bytes.count, to: answer.address)
    }
}
