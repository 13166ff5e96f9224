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
    private var schedule = LegSchedule()
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
            handleDeadlines(now: MonotonicClock.now())
            try timer.arm(at: schedule.next)
            try epoll.wait(milliseconds: nil) { token in
                switch token {
                case Self.mailboxToken: for message in mailbox.takeAll() { carryOut(message) }
                case Self.timerToken: timer.acknowledge()
                default:
                    guard let leg = legs[token] else { return }
                    receive(leg)
                    planSooner(leg, token)
                }
            }
        }
    }

    private func handleDeadlines(now: Duration) {
        var called: [UInt64] = []
        while let (at, id) = schedule.takeDue(now: now) {
            // An entry that is not the leg's last one has been replaced.
            guard let leg = legs[id], leg.wakeAt == at else { continue }
            if leg.deadline <= now {
                if leg.mode == .counting { receive(leg) }
                leg.handleDeadline(now: now)
            }
            called.append(id)
        }
        for id in called { if let leg = legs[id] { plan(leg, id) } }
    }

    private func plan(_ leg: MediaLeg, _ id: UInt64) {
        leg.wakeAt = leg.deadline
        schedule.add(id, at: leg.wakeAt)
    }

    /// After something that may have brought the leg's deadline forward.
    private func planSooner(_ leg: MediaLeg, _ id: UInt64) {
        if leg.deadline < leg.wakeAt { plan(leg, id) }
    }

    private func receive(_ leg: MediaLeg) {
        var count = batch.capacity
        while count == batch.capacity {
            count = batch.receive(from: leg.connection.socket) { datagram, _, _, age in
                leg.receive(&datagram, age: age, now: MonotonicClock.now())
            }
        }
    }

    private func carryOut(_ message: MediaGenerator.Message) {
        switch message {
        case .open(let plan, let id):
            do {
                let leg = try MediaLeg(plan, now: MonotonicClock.now())
                try epoll.add(leg.connection.socket, token: id)
                legs[id] = leg
                self.plan(leg, id)
            } catch {
                plan.established(.failure(BenchError("a leg could not be opened: \(error)")))
            }
        case .speak(let id, let audio, let first, let position, let mode):
            guard let leg = legs[id] else { return }
            if mode == .counting, leg.mode != .counting { try? epoll.remove(leg.connection.socket) }
            leg.speak(audio, from: first, position: position, mode: mode)
            planSooner(leg, id)
        case .film(let id, let first):
            guard let leg = legs[id] else { return }
            leg.film(from: first)
            planSooner(leg, id)
        case .tell(let ids, let reply): reply(ids.map { legs[$0]?.record })
        case .close(let id):
            guard let leg = legs.removeValue(forKey: id) else { return }
            leg.connection.close()
            if leg.mode != .counting { try? epoll.remove(leg.connection.socket) }
        case .stop: isStopped = true
        }
    }
}
