import Linux
import RTP

/// RTP without ICE, DTLS or SRTP, for a server that takes it so.
final class PlainConnection: LegConnection {
    /// It has no deadlines of its own: a look once a minute.
    private static let idle = Duration.seconds(60)
    private static let loopback: UInt32 = 0x7F00_0001

    let socket: UDPSocket
    private(set) var deadline: Duration
    private let remote: SocketAddress
    private let established: @Sendable (Result<Duration, BenchError>) -> Void
    private var isTold = false
    private var bytes: [UInt8] = []

    /// - Parameter established: told at the first deadline, which is at once.
    init(
        localPort: UInt16, remote: SocketAddress, established: @escaping @Sendable (Result<Duration, BenchError>) -> Void, now: Duration
    ) throws(LinuxError) {
        socket = try UDPSocket(bind: SocketAddress(ipv4: Self.loopback, port: localPort))
        self.remote = remote
        self.established = established
        deadline = now
        bytes.reserveCapacity(2048)
    }

    func handleDeadline(now: Duration) {
        guard deadline <= now else { return }
        deadline = now + Self.idle
        guard !isTold else { return }
        isTold = true
        established(.success(now))
    }

    func receive(_ datagram: inout [UInt8], now: Duration) -> DatagramKind { DatagramKind(datagram.span) }

    func sendRTP(_ build: (inout [UInt8]) -> Void) {
        bytes.removeAll(keepingCapacity: true)
        build(&bytes)
        _ = socket.send(bytes, 0..<bytes.count, to: remote)
    }

    /// The server was told no port for reports.
    func sendRTCP(_ build: (inout [UInt8]) -> Void) {}

    func close() {}
}
