import Foundation
import Logging

/// Where a process logs: standard error, at the level of `RINGLINK_LOG` (`warning` by default).
enum ProcessLog {
    static func logger(_ label: String) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = given.flatMap(Logger.Level.init(rawValue:)) ?? .warning
        return logger
    }

    private static var given: String? { ProcessInfo.processInfo.environment["RINGLINK_LOG"] }

    /// A level that does not exist is a slip that would otherwise go unnoticed.
    static func check() throws {
        guard let given, Logger.Level(rawValue: given) == nil else { return }
        throw StartError("RINGLINK_LOG=\(given) is no level: \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
}
