import Glibc
import Linux

/// The supervised processes, in the order in which they were started.
struct ProcessFamily {
    /// All of it is over within this, polite or not.
    private static let stopLimit = Duration.milliseconds(4_500)
    /// What each gets before the next is asked to go.
    private static let politeness = Duration.milliseconds(2_500)
    private static let longestPause = Duration.seconds(10)

    private struct Member {
        let name: String
        let stopSignal: Int32
        let start: () throws -> ChildProcess
        var child: ChildProcess?
        var startedAt: Duration
        /// When it is started again after a fall.
        var startAgainAt: Duration?
        var pause = Duration.milliseconds(200)
    }

    private var members: [Member] = []

    mutating func start(_ name: String, stopSignal: Int32 = SIGTERM, _ start: @escaping () throws -> ChildProcess) throws {
        members.append(Member(name: name, stopSignal: stopSignal, start: start, child: try start(), startedAt: MonotonicClock.now()))
    }

    /// The name of one that has ended, without starting it again.
    mutating func fallen() -> String? {
        for index in members.indices {
            guard let child = members[index].child else { return members[index].name }
            if child.poll() != nil {
                members[index].child = nil
                return members[index].name
            }
        }
        return nil
    }

    /// Starts again what has ended, with a pause that grows while it keeps falling.
    mutating func restartFallen(now: Duration) {
        for index in members.indices {
            if let child = members[index].child {
                guard let ending = child.poll() else { continue }
                members[index].child = nil
                if now - members[index].startedAt > .seconds(30) { members[index].pause = .milliseconds(200) }
                members[index].startAgainAt = now + members[index].pause
                members[index].pause = min(members[index].pause * 2, Self.longestPause)
                Console.complain("\(members[index].name) ended (\(ending)); it is started again.")
            } else if let again = members[index].startAgainAt, again <= now {
                members[index].startedAt = now
                members[index].child = try? members[index].start()
                members[index].startAgainAt = members[index].child == nil ? now + Self.longestPause : nil
            }
        }
    }

    /// Ends them politely: the bridge first, so that the API can still write down how its calls ended; the database last.
    mutating func stop() {
        let began = MonotonicClock.now()
        let order = ["bridge", "api", "postgres"]
        for name in order {
            guard let member = members.first(where: { $0.name == name }), let child = member.child, child.poll() == nil else { continue }
            child.signal(member.stopSignal)
            let left = Self.stopLimit - (MonotonicClock.now() - began)
            if !wait(for: child, atMost: min(left, Self.politeness)) {
                child.signalGroup(SIGKILL)
                _ = child.wait()
                Console.complain("\(name) did not end in time and was killed.")
            }
        }
        members = []
    }

    private func wait(for child: ChildProcess, atMost limit: Duration) -> Bool {
        let deadline = MonotonicClock.now() + limit
        // A second Ctrl-C: no more politeness.
        while MonotonicClock.now() < deadline, StopRequest.count < 2 {
            if child.poll() != nil { return true }
            usleep(10_000)
        }
        return false
    }
}
