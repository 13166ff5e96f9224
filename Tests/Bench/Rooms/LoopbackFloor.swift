import Linux

/// How long a datagram takes from one socket of this machine to another with nothing between them: what is under every measured delay.
struct LoopbackFloor: Sendable {
    private static let interval = Duration.milliseconds(5)
    private static let length = 120

    private let sender: UDPSocket
    private let receiver: UDPSocket

    init() throws {
        sender = try UDPSocket(bind: SocketAddress(ipv4: 0x7F00_0001, port: 0))
        receiver = try UDPSocket(bind: SocketAddress(ipv4: 0x7F00_0001, port: 0))
    }

    /// Milliseconds of the datagrams that a thread of its own sends from now on for `time`.
    func delays(for time: Duration) async throws -> [Double] {
        try await withCheckedThrowingContinuation { continuation in
            do {
                _ = try NativeThread(named: "floor") { continuation.resume(with: Result { try run(for: time) }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private func run(for time: Duration) throws -> [Double] {
        let (timer, epoll, batch) = (try TimerFD(), try Epoll(), try DatagramBatch())
        try epoll.add(timer, token: 0)
        let bytes = [UInt8](repeating: 0, count: Self.length)
        var delays: [Double] = []
        var due = MonotonicClock.now()
        let end = due + time
        while due < end {
            due += Self.interval
            try timer.arm(at: due)
            try epoll.wait(milliseconds: nil) { _ in timer.acknowledge() }
            let sent = MonotonicClock.now()
            _ = sender.send(bytes, 0..<bytes.count, to: receiver.localAddress)
            _ = batch.receive(from: receiver) { _, _, _, age in delays.append((MonotonicClock.now() - age - sent).milliseconds) }
        }
        return delays
    }
}
