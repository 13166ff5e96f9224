import COpenSSL
import Media
import RTP

/// A DTLS 1.2 association over OpenSSL, as server (towards browsers, which are always active) or as client.
///
/// Time: OpenSSL counts its retransmission timer by the wall clock, and this class only ever asks how much of it is left.
/// `deadline` is therefore the caller's `now` plus that rest. When the caller's clock comes to it before OpenSSL's does (the
/// wall clock was set back, or a test's clock runs ahead), `handleDeadline` sends nothing and names the next deadline.
public final class OpenSSLAssociation: DTLSTransport {
    /// Which side begins the handshake.
    public enum Role: Sendable {
        /// Waits for the peer's ClientHello (`a=setup:passive`).
        case server
        /// Sends a ClientHello with the first `handleDeadline` (`a=setup:active`).
        case client
    }

    private enum State {
        /// A client that has sent nothing yet.
        case idle
        case handshaking
        case established
        /// The end was reported; whatever comes now changes nothing.
        case over
    }

    public private(set) var deadline: Duration?

    private let certificate: DTLSCertificate
    private let role: Role
    private let pipe: DatagramPipe
    private let timer: RetransmissionTimer
    private let ssl: OpaquePointer
    private var state: State
    private var encryptedBeforehand = 0
    /// Application data ends here: nobody has negotiated a data channel.
    private var ignored = [UInt8](repeating: 0, count: RecordGate.maximumDatagram)

    /// - Parameters:
    ///   - certificate: ours; it is kept.
    ///   - profiles: the SRTP profiles to negotiate, best first.
    ///   - mtu: the largest datagram to send, in bytes, at least 256.
    ///   - retransmission: when a lost flight is sent again.
    public init(
        certificate: DTLSCertificate, role: Role, profiles: [SRTPProfile] = SRTPProfile.allCases, mtu: Int = 1200,
        retransmission: RetransmissionSchedule = RetransmissionSchedule()
    ) throws(OpenSSLError) {
        let pipe = DatagramPipe(mtu: mtu)
        let timer = RetransmissionTimer(retransmission)
        guard let ssl = SSL_new(certificate.context) else { throw OpenSSLError.latest("make an association") }
        // 0 means success for this one function.
        let names = profiles.map(\.openSSLName).joined(separator: ":")
        guard SSL_set_tlsext_use_srtp(ssl, names) == 0, timer.install(on: ssl), let bio = pipe.makeBIO() else {
            SSL_free(ssl)
            throw OpenSSLError.latest("set an association up")
        }
        SSL_set_bio(ssl, bio, bio)
        copenssl_set_mtu(ssl, mtu)
        switch role {
        case .server: SSL_set_accept_state(ssl)
        case .client: SSL_set_connect_state(ssl)
        }
        self.certificate = certificate
        self.role = role
        self.pipe = pipe
        self.timer = timer
        self.ssl = ssl
        state = role == .client ? .idle : .handshaking
        deadline = role == .client ? .zero : nil
    }

    deinit { SSL_free(ssl) }

    public func receive(_ datagram: [UInt8], now: Duration) -> DTLSProgress {
        if case .over = state { return .pending }
        guard let encrypted = RecordGate.encryptedRecords(in: datagram.span) else { return .pending }
        if case .handshaking = state {
            encryptedBeforehand &+= encrypted
            guard encryptedBeforehand <= RecordGate.maximumEncryptedBeforehand else { return .pending }
        }
        pipe.offer(datagram)
        return advance(now: now)
    }

    public func handleDeadline(now: Duration) -> DTLSProgress {
        guard let deadline, deadline <= now else { return .pending }
        guard case .handshaking = state else { return advance(now: now) }
        ERR_clear_error()
        if copenssl_handle_timeout(ssl) < 0 {
            return end(.failed(reason: "no answer to a flight that was sent many times"))
        }
        readDeadline(now: now)
        return .pending
    }

    public func takeDatagram(into bytes: inout [UInt8]) -> Bool {
        pipe.take(into: &bytes)
    }

    public func close() {
        if case .established = state {
            ERR_clear_error()
            SSL_shutdown(ssl)
        }
        _ = end(.closed)
    }

    // MARK: Steps

    private func advance(now: Duration) -> DTLSProgress {
        // What OpenSSL thinks of this call must not be mixed with what an earlier one left on this thread.
        ERR_clear_error()
        let progress: DTLSProgress
        switch state {
        case .over:
            return .pending
        case .idle, .handshaking:
            state = .handshaking
            progress = shakeHands()
        case .established:
            progress = readRecords()
        }
        readDeadline(now: now)
        return progress
    }

    private func shakeHands() -> DTLSProgress {
        let result = SSL_do_handshake(ssl)
        guard result == 1 else {
            switch SSL_get_error(ssl, result) {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
                return .pending
            case SSL_ERROR_ZERO_RETURN:
                return end(.closed)
            default:
                return end(.failed(reason: OpenSSLError.latestReason()))
            }
        }
        guard let peer = SSL_get1_peer_certificate(ssl) else { return end(.failed(reason: "the peer has no certificate")) }
        defer { X509_free(peer) }
        guard let fingerprint = sha256Fingerprint(of: peer) else {
            return end(.failed(reason: OpenSSLError.latestReason()))
        }
        guard let keys = SRTPKeyingMaterial(exportedFrom: ssl, isServer: role == .server) else {
            SSL_shutdown(ssl)
            return end(.failed(reason: "the peer did not negotiate SRTP"))
        }
        state = .established
        return .established(keys, peerFingerprint: fingerprint)
    }

    /// Takes alerts, and a repeated last flight, to which OpenSSL itself repeats ours.
    private func readRecords() -> DTLSProgress {
        while true {
            let count = SSL_read(ssl, &ignored, Int32(ignored.count))
            if count > 0 { continue }
            switch SSL_get_error(ssl, count) {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
                return .pending
            case SSL_ERROR_ZERO_RETURN:
                SSL_shutdown(ssl)
                return end(.closed)
            default:
                return end(.failed(reason: OpenSSLError.latestReason()))
            }
        }
    }

    private func end(_ progress: DTLSProgress) -> DTLSProgress {
        state = .over
        deadline = nil
        return progress
    }

    private func readDeadline(now: Duration) {
        guard case .handshaking = state else {
            deadline = nil
            return
        }
        let left = copenssl_timeout(ssl)
        // A wall clock that was set back leaves more than any interval; then ask again after the longest.
        deadline = left < 0 ? nil : now + min(.microseconds(left), timer.schedule.longest)
    }
}
