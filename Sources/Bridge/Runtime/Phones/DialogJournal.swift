import Domain
import Foundation
import Glibc
import SIP

/// The dialogs that are up, in a file: what a bridge that was killed leaves to its successor, so that no phone is left ringing or billed.
///
/// Lines of JSON, appended before the datagram leaves that they speak of. A write that has reached the kernel survives the process;
/// against the machine's own end there is nobody to hang up for. Secrets are not in it: a password comes with the setup.
package final class DialogJournal {
    /// A dialog of a former life.
    package struct Orphan: Equatable, Sendable {
        package var key: String
        package var trunk: TrunkID?
        package var dialog: DialogSnapshot
    }

    private struct Line: Codable {
        var key: String
        var trunk: TrunkID?
        /// `nil`: released.
        var dialog: DialogSnapshot?
    }

    /// Lines after which the file is written anew, if most of it is of the past.
    package static let compaction = 4_096
    /// What is read at most, in bytes: the limit of sessions, many times over.
    private static let longest = 64 << 20

    private let path: String
    private var descriptor: Int32 = -1
    private var live: [String: Line] = [:]
    private var lines = 0

    /// Opens the journal at `path`, and reads what a former process left in it.
    ///
    /// - Throws: `BridgeStartError` if it cannot be read or written: without it a crash could leave a phone off the hook.
    package init(path: String) throws(BridgeStartError) {
        self.path = path
        let decoder = JSONDecoder()
        if let text = FileManager.default.contents(atPath: path) {
            // The last line may be half a line; it speaks of a datagram that never left.
            for line in text.prefix(Self.longest).split(separator: UInt8(ascii: "\n")) {
                guard let line = try? decoder.decode(Line.self, from: Data(line)) else { continue }
                live[line.key] = line.dialog == nil ? nil : line
            }
        }
        try rewrite()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

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
        if lines > Self.compaction, lines > live.count * 4 { return (try? rewrite()) != nil }
        return write(line, to: descriptor)
    }

    private func write(_ line: Line, to descriptor: Int32) -> Bool {
        guard var bytes = try? JSONEncoder().encode(line) else { return false }
        bytes.append(UInt8(ascii: "\n"))
        return bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) == $0.count }
    }

    /// Writes what is live into a new file and puts it in the place of the old one, so that there is a whole one at any moment.
    private func rewrite() throws(BridgeStartError) {
        let unfinished = path + ".new"
        let fresh = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        guard fresh >= 0 else { throw BridgeStartError("The journal \(path) cannot be written: \(String(cString: strerror(errno))).") }
        for line in live.values where !write(line, to: fresh) {
            close(fresh)
            throw BridgeStartError("The journal \(path) cannot be written: is the disk full?")
        }
        guard rename(unfinished, path) == 0 else {
            close(fresh)
            throw BridgeStartError("The journal \(path) cannot be written: \(String(cString: strerror(errno))).")
        }
        if descriptor >= 0 { close(descriptor) }
        descriptor = fresh
        lines = live.count
    }
}
