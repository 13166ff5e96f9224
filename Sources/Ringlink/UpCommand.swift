import ArgumentParser
import Glibc
import Linux

/// `ringlink up`: the whole installation in the foreground.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Starts everything, prints links that ring, and stops it all at Ctrl-C.",
        discussion: """
            Two supervised processes (api and bridge) and, unless DATABASE_URL is set, a private PostgreSQL in the data folder.
            Environment: DATABASE_URL (a libpq connection string or URL), RINGLINK_SECRET_KEY (instead of the data folder's secret.key),
            RINGLINK_LOG (warning; notice also says why sockets and media were refused), RINGLINK_LOG_FORMAT (text or json), and every key of the configuration file, such as RINGLINK_DIALING or RINGLINK_CAPS_CALLS_PER_DAY.
            """)

    @OptionGroup var options: UpOptions

    func run() async throws {
        try await explainingFaults {
            // Before anything else, so that an early Ctrl-C is not lost.
            StopRequest.listen()
            if let format = options.logFormat { setenv(ProcessLog.formatVariable, format.rawValue, 1) }
            try ProcessLog.check()
            let supervisor = try Supervisor(options)
            // A thread of its own: children are bound to the life of the thread that starts them.
            let result = await withCheckedContinuation { continuation in
                do {
                    _ = try NativeThread(named: "supervisor") {
                        continuation.resume(returning: Result { try supervisor.run() })
                    }
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            try result.get()
        }
    }
}
