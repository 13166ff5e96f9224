import Foundation

/// Values by their keys, in a file: of each key the newest counts, and one without a value is gone.
///
/// Lines of JSON. Values that cannot be read are passed over.
package final class KeyedJournal<Value: Codable> {
    private struct Line: Codable {
        var key: String
        /// `nil`: gone.
        var value: Value?
    }

    /// Lines after which the file is written anew, if most of it is of the past.
    package static var compaction: Int { 4_096 }
    /// What is read at most, in bytes: the limits of what is kept here, many times over.
    private static var longest: Int { 64 << 20 }

    private let file: JournalFile
    private let encoder = JSONEncoder()
    private var lines: Int
    /// What is kept now: asked at the start, all of it is of a former life.
    package private(set) var values: [String: Value] = [:]

    /// Opens the journal at `path`, and reads what a former process left in it.
    ///
    /// - Throws: `BridgeStartError` if it cannot be read or written.
    package init(path: String) throws(BridgeStartError) {
        let decoder = JSONDecoder()
        for text in try JournalFile.lines(at: path, limit: Self.longest) {
            guard let line = try? decoder.decode(Line.self, from: text) else { continue }
            values[line.key] = line.value
        }
        file = try JournalFile(path: path, lines: Self.encoded(values))
        lines = values.count
    }

    /// Keeps `value` in the place of what was kept under `key`; `nil` forgets it.
    ///
    /// - Returns: whether it was written down.
    package func keep(_ value: Value?, under key: String) -> Bool {
        guard value != nil || values[key] != nil else { return true }
        values[key] = value
        lines += 1
        if lines > Self.compaction, lines > values.count * 4, file.replace(with: Self.encoded(values)) {
            lines = values.count
            return true
        }
        guard var bytes = try? encoder.encode(Line(key: key, value: value)) else { return false }
        bytes.append(UInt8(ascii: "\n"))
        return file.append(Array(bytes))
    }

    private static func encoded(_ values: [String: Value]) -> [Data] {
        values.compactMap { try? JSONEncoder().encode(Line(key: $0.key, value: $0.value)) }
    }
}
