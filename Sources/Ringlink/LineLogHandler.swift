import API
import Foundation
import Glibc
import Logging

/// Writes each line of the log as one JSON object: `time`, `level`, `process`, `message`, then what else is known of it.
///
/// Phone numbers are shortened here once more, whoever forgot to: a log is copied to places where nobody thinks of them.
struct LineLogHandler: LogHandler {
    /// Bytes of one value; a line stays far below what a pipe takes at once.
    private static let valueLimit = 1_000

    /// Which of our processes it is.
    let process: String
    var metadataProvider: Logger.MetadataProvider?
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .warning

    init(process: String, metadataProvider: Logger.MetadataProvider?) {
        self.process = process
        self.metadataProvider = metadataProvider
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadataProvider?.get() ?? [:]
        all.merge(metadata) { $1 }
        all.merge(event.metadata ?? [:]) { $1 }
        Self.write(
            process: process, level: event.level, message: event.message.description,
            all.map { ($0.key, "\($0.value)") }.sorted { $0.0 < $1.0 })
    }

    static func write(process: String, level: Logger.Level, message: String, _ more: [(String, String)] = []) {
        var json = JSONText()
        json.object { json in
            json.member("time", time(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)))
            json.member("level", level.rawValue)
            json.member("process", process)
            json.member("message", shortened(message))
            for (name, value) in more where !["time", "level", "process", "message"].contains(name) { json.member(name, shortened(value)) }
        }
        let line = json.bytes + [UInt8(ascii: "\n")]
        // One call: lines of several processes go into one file.
        _ = line.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    }

    private static func time(milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return String(
            format: "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour),
            Int(parts.tm_min), Int(parts.tm_sec), Int(milliseconds % 1_000))
    }

    /// `+493012345678` becomes `+493…78`: what follows a plus, also an encoded one, with seven digits or more.
    static func shortened(_ text: String) -> String {
        let text = text.utf8.count <= valueLimit ? text : String(decoding: text.utf8.prefix(valueLimit), as: UTF8.self) + "…"
        return text.replacing(/(\+|%2[Bb])([0-9]{3})[0-9]{2,}([0-9]{2})/) { "\($0.output.1)\($0.output.2)…\($0.output.3)" }
    }
}
