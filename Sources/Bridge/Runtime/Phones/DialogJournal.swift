import Domain
import Foundation
import SIP

/// The dialogs that are up, in a file: what a bridge that was killed leaves to its successor, so that no phone is left ringing or billed.
///
/// Lines of JSON, appended before the datagram leaves that they speak of. Secrets are not in it: a password comes with the setup.
package final class DialogJournal {
    /// A dialog of a former life.
    package struct Orphan: Equatable, Sendable {
        package var key: String
        package var trunk: TrunkID?
        package var dialog: DialogSnapshot
    }

    private struct Line: Codable {
        package var key: String
        package var trunk: TrunkID?
        /// `nil`: released.
        var dialog: DialogSnapshot?
    }

    /// Lines after which the file is written anew, if most of it is of the past.
    package static let compaction = 4_096
    /// What is read at most, in bytes: the limit of sessions, many times over.
    private static let longest = 64 << 20

    private let file: JournalFile
    private let encoder = JSONEncoder()
    private var live: [String: Line] = [:]
    private var lines = 0

    /// Opens the journal at `path`, and reads what a former process left in it.
    ///
    /// - Throws: `BridgeStartError` if it cannot be read or written: without it a crash could leave a phone off the hook.
    package init(path: String) throws(BridgeStartError) {
        let decoder = JSONDecoder()
        // What cannot be read speaks of a datagram that never left.
        for text in try JournalFile.lines(at: path, limit: Self.longest) {
            guard let line = try? decoder.decode(Line.self, from: text) else { continue }
            live[line.key] = line.dialog == nil ? nil : line
        }
        file = try JournalFile(path: path, lines: live.values.compactMap { try? JSONEncoder().encode($0) })
        lines = live.count
    }

    /// What is in the journal now: asked at the start, all of it is of a former life.
    package var orphans: [Orphan] {
        live.values.compactMap { line in line.dialog.map { Orphan(key: line.key, trunk: line.trunk, dialog: $0) } }.sorted { $0.key < $1.key }
    }

    /// - Returns: whether it was written down.
    package func note(_ key: String, trunk: TrunkID?, _ dialog: DialogSnapshot) -> Bool { append(Line(key: key, trunk: trunk, dialog: dialog)) }

    package func release(_ key: String) {
        guard live[key] != nil else { return }
        _ = append(Line(key: key))
    }

    private func append(_ line: Line) -> Bool {
        live[line.key] = line.dialog == nil ? nil : line
        lines += 1
        if lines > Self.compaction, lines > live.count * 4, file.replace(with: live.values.compactMap { try? encoder.encode($0) }) {
            lines = live.count
            return true
        }
        guard var bytes = try? encoder.encode(line) else { return false }
        bytes.append(UInt8(ascii: "\n"))
        return file.append(Array(bytes))
    }
}
