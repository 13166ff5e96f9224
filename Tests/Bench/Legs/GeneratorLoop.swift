import Linux

/// What runs on the legs' thread: sockets, timer and mailbox.
final class GeneratorLoop {
    private static let mailboxToken: UInt64 = 0
    private static let timerToken = UInt64.max

    private let mailbox: Mailbox<MediaGenerator.Message>
    private let epoll: Epoll
    private let timer: TimerFD
    private let batch: DatagramBatch
    private var legs: [UInt64: MediaLeg] = [:]
    private var isStopped = false

    init(_ mailbox: Mailbox<MediaGenerator.Message>) throws(LinuxError) {
        self.mailbox = mailbox
        epoll = try Epoll()
        timer = try TimerFD()
        batch = try DatagramBatch()
        try epoll.add(mailbox.wake, token: Self.mailboxToken)
        try epoll.add(timer, token: Self.timerToken)
    }

    func run() throws(LinuxError) {
        while !isStopped {
            let now = MonotonicClock.now()
            var due: Duration?
            for leg in legs.values {
                if leg.deadline <= now {
                    if leg.mode == .counting { receive(leg) }
                    leg.handleDeadline(now: now)
                }
                due = min(due ?? leg.deadline, leg.deadline)
            }
            try timer.arm(at: due)
            try epoll.wait(milliseconds: nil) { token in
                switch token {
                case Self.mailboxToken: for message in mailbox.takeAll() { carryOut(message) }
                case Self.timerToken: timer.acknowledge()
                default: if let leg = legs[token] { receive(leg) }
                }
            }
        }
    }

    private func receive(_ leg: MediaLeg) {
        var count = batch.capacity
        while count == batch.capacity {
            count = batch.receive(from: leg.socket) { datagram, _, _, _ in
                leg.receive(&datagram, now: MonotonicClock.now())
            }
        }
    }

    private func carryOut(_ message: MediaGenerator.Message) {
        switch message {
        case .open(let plan, let id):
            do {
                let leg = try MediaLeg(plan, now: MonotonicClock.now())
                try epoll.add(leg.socket, token: id)
                legs[id] = leg
            } catch {
                plan.established(.failure(BenchError("a leg could not be opened: \(error)")))
            }
        case .speak(let id, let audio, let first, let position, let mode):
            guard let leg = legs[id] else { return }
            if mode == .counting, leg.mode != .counting { try? epoll.remove(leg.socket) }
            leg.speak(audio, from: first, position: position, mode: mode)
        case .hear(let id, let reply): reply(legs[id]?.heard)
        case .close(let id):
            guard let leg = legs.removeValue(forKey: id) else { return }
            leg.close()
            if leg.mode != .counting { try? epoll.remove(leg.socket) }
        case .stop: isStopped = true
        }
    }
}
