import RTP

/// One DTLS association over datagrams, without a socket or a clock (RFC 6347, RFC 5764).
///
/// `now` is monotonic time since the start of the process. Used from one thread at a time.
public protocol DTLSTransport: AnyObject {
    /// Takes one datagram from the peer. What is to be sent is then waiting in `takeDatagram`.
    func receive(_ datagram: [UInt8], now: Duration) -> DTLSProgress
    /// To be called at or after `deadline`: sends a lost flight again.
    func handleDeadline(now: Duration) -> DTLSProgress
    /// When the current flight is to be sent again; `nil` when nothing is waited for.
    var deadline: Duration? { get }
    /// Appends the next datagram that is to be sent, each at most 1,200 bytes.
    /// - Returns: `false` when there is none.
    func takeDatagram(into bytes: inout [UInt8]) -> Bool
    /// Queues close_notify.
    func close()
}

/// What a call into a `DTLSTransport` brought about.
public enum DTLSProgress: Equatable, Sendable {
    /// Nothing that concerns anyone else.
    case pending
    /// The handshake is complete: the keys, and the SHA-256 fingerprint of the peer's certificate, 32 bytes.
    case established(SRTPKeyingMaterial, peerFingerprint: [UInt8])
    /// The peer said close_notify.
    case closed
    /// The handshake or a record failed for good.
    case failed(reason: String)
}
