import Foundation
import Logging

/// Where a process logs: standard error, at the level of `RINGLINK_LOG` (`warning` by default).
enum ProcessLog {
    static func logger(_ label: String) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = ProcessInfo.processInfo.environment["RINGLINK_LOG"].flatMap(Logger.Level.init(rawValue:)) ?? .warning
        return logger
    }
}
