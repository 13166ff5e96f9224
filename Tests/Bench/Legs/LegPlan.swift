import ICE
import Linux
import OpenSSLDTLS

/// What a leg is made of, handed to the thread that runs it.
struct LegPlan: Sendable {
    enum Network: Sendable {
        /// A browser's: ICE, DTLS and SRTP.
        case browser(local: ICECredentials, answer: ServerAnswer, certificate: DTLSCertificate)
        /// RTP as it is, between two ports of this machine.
        case plain(localPort: UInt16, remote: SocketAddress)
    }

    var network: Network
    /// Of the microphone.
    var ssrc: UInt32
    /// Of the camera, where one was offered.
    var cameraSSRC: UInt32?
    /// Told once: when media could flow (DTLS established), or why it cannot.
    var established: @Sendable (Result<Duration, BenchError>) -> Void
}
