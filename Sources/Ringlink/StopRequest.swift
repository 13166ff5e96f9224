import Glibc
import Synchronization

/// Ctrl-C or SIGTERM, as a number that the supervisor looks at.
enum StopRequest {
    private static let signals = Atomic<Int>(0)

    static func listen() {
        // A handler may do nothing but this: an atomic is safe in a signal handler (signal-safety(7)).
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in StopRequest.signals.add(1, ordering: .relaxed) } }
        signal(SIGPIPE, SIG_IGN)
    }

    /// How often it was asked: the second time there is no more politeness.
    static var count: Int { signals.load(ordering: .relaxed) }
}
