import API
import ArgumentParser
import Foundation
import Logging

/// Where a process logs: standard error, at the level of `RINGLINK_LOG` (`warning` by default), in the form of `RINGLINK_LOG_FORMAT`.
enum ProcessLog {
    static let levelVariable = "RINGLINK_LOG"
    static let formatVariable = "RINGLINK_LOG_FORMAT"

    enum Format: String, CaseIterable, Sendable, ExpressibleByArgument {
        /// For eyes.
        case text
        /// One object a line, for programs.
        case json
    }

    static func logger(_ label: String) -> Logger {
        var logger = Logger(label: label) { label in
            switch format {
            case .json: LineLogHandler(process: label, metadataProvider: RequestID.metadata)
            case .text: StreamLogHandler.standardError(label: label, metadataProvider: RequestID.metadata)
            }
        }
        logger.logLevel = given(levelVariable).flatMap(Logger.Level.init(rawValue:)) ?? .warning
        return logger
    }

    static var format: Format { given(formatVariable).flatMap(Format.init(rawValue:)) ?? .text }

    private static func given(_ variable: String) -> String? { ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 } }

    /// What is no level or no form, a slip that would otherwise go unnoticed; a sentence each.
    static var faults: [String] {
        var faults: [String] = []
        if let level = given(levelVariable), Logger.Level(rawValue: level) == nil {
            faults.append("\(levelVariable)=\(level) is no level: \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        if let format = given(formatVariable), Format(rawValue: format) == nil {
            faults.append("\(formatVariable)=\(format) is no form: \(Format.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return faults
    }

    static func check() throws {
        if let fault = faults.first { throw StartError(fault) }
    }
}
