import Glibc
import Linux

/// What this machine itself takes for the least that a media thread must do: wake by timer, send one datagram, receive one.
/// Nothing of Ringlink is in it: it is the floor under the bridge's figures, which differ more between machines than between versions.
struct WakeMeasurement {
    private static let rounds = 500
    private static let interval = Duration.milliseconds(10)

    func figures() async throws -> [Figure] {
        let microseconds = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Double, any Error>) in
            do {
                _ = try NativeThread(named: "floor") { continuation.resume(with: Result { try Self.run() }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
        let conditions = "processor time of a thread that does only this every 10 ms: wake by timerfd, send and receive 172 bytes over loopback"
        return [Figure("machine_wake_us", microseconds, "µs", conditions)]
    }

    private static func run() throws -> Double {
        let epoll = try Epoll()
        let timer = try TimerFD()
        let batch = try DatagramBatch()
        let socket = try UDPSocket(bind: SocketAddress(ipv4: 0x7F00_0001, port: 0))
        let bytes = [UInt8](repeating: 0, count: 172)
        try epoll.add(timer, token: 0)
        var due = MonotonicClock.now()
        let before = threadTime()
        for _ in 0..<rounds {
            due += interval
            try timer.arm(at: due)
            try epoll.wait(milliseconds: nil) { _ in timer.acknowledge() }
            _ = socket.send(bytes, 0..<bytes.count, to: socket.localAddress)
            _ = batch.receive(from: socket) { _, _, _, _ in }
        }
        return (threadTime() - before).milliseconds * 1000 / Double(rounds)
    }

    private static func threadTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
