import Foundation
import Glibc

/// A file of lines that is appended to and, when most of it is of the past, made shorter: what a process that is killed leaves to its successor.
///
/// A write that has reached the kernel survives the process. It is not synced: it is for the fall of a process, not of a machine.
/// One user at a time: a thread of its own, or its owner's lock.
package final class JournalFile {
    private let path: String
    private var descriptor: Int32
    /// Bytes in it.
    package private(set) var size: Int

    /// The whole lines at `path`, oldest first, of its last `limit` bytes. What is cut at either end is left out: half a line at the end was
    /// being written when the process died, and nobody was told of it.
    ///
    /// - Throws: `BridgeStartError` if there is a file that cannot be read.
    package static func lines(at path: String, limit: Int) throws(BridgeStartError) -> [Data] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        guard let text = FileManager.default.contents(atPath: path) else { throw fault(path, "read", "is it a file of ours?") }
        var lines = text.suffix(limit).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // Behind the last line end there is nothing, or half a line.
        _ = lines.popLast()
        if text.count > limit, !lines.isEmpty { lines.removeFirst() }
        return lines.filter { !$0.isEmpty }.map { Data($0) }
    }

    /// Opens a file that holds `lines`, in the place of what was at `path`.
    ///
    /// - Throws: `BridgeStartError` if it cannot be written.
    package init(path: String, lines: [Data]) throws(BridgeStartError) {
        self.path = path
        (descriptor, size) = try Self.install(at: path) { fresh in Self.write(lines, to: fresh) }
    }

    deinit { close(descriptor) }

    /// Appends whole lines, each with its line end, by one write: so that they are there together or not at all.
    ///
    /// - Returns: whether they were written down. If not, nothing of them is in the file.
    package func append(_ lines: [UInt8]) -> Bool {
        let written = lines.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == lines.count else {
            // A full disk may take a part, and the next line would be glued to it.
            if written > 0 { _ = ftruncate(descriptor, off_t(size)) }
            return false
        }
        size += written
        return true
    }

    /// Puts a file with `lines` in the place of this one, so that there is a whole one at any moment.
    package func replace(with lines: [Data]) -> Bool {
        exchange { fresh in Self.write(lines, to: fresh) }
    }

    /// Forgets the first `count` bytes, which must end with a line.
    package func drop(first count: Int) -> Bool {
        if count >= size {
            guard ftruncate(descriptor, 0) == 0 else { return false }
            size = 0
            return true
        }
        let (old, end) = (descriptor, size)
        return exchange { fresh in
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            var offset = count
            while offset < end {
                let wanted = min(buffer.count, end - offset)
                let got = buffer.withUnsafeMutableBytes { pread(old, $0.baseAddress, wanted, off_t(offset)) }
                guard got > 0, buffer.withUnsafeBytes({ Glibc.write(fresh, $0.baseAddress, got) }) == got else { return nil }
                offset += got
            }
            return end - count
        }
    }

    private func exchange(_ fill: (Int32) -> Int?) -> Bool {
        guard let (fresh, size) = try? Self.install(at: path, fill) else { return false }
        close(descriptor)
        descriptor = fresh
        self.size = size
        return true
    }

    // MARK: Files

    /// - Parameter fill: writes into the new file, and returns how many bytes; `nil` if it could not.
    private static func install(at path: String, _ fill: (Int32) -> Int?) throws(BridgeStartError) -> (descriptor: Int32, size: Int) {
        let unfinished = path + ".new"
        let fresh = open(unfinished, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        guard fresh >= 0 else { throw fault(path, "written", String(cString: strerror(errno))) }
        guard let size = fill(fresh) else {
            close(fresh)
            throw fault(path, "written", "is the disk full?")
        }
        guard rename(unfinished, path) == 0 else {
            let reason = String(cString: strerror(errno))
            close(fresh)
            throw fault(path, "written", reason)
        }
        return (fresh, size)
    }

    private static func write(_ lines: [Data], to descriptor: Int32) -> Int? {
        var size = 0
        for line in lines {
            let bytes = line + [UInt8(ascii: "\n")]
            guard bytes.withUnsafeBytes({ Glibc.write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else { return nil }
            size += bytes.count
        }
        return size
    }

    private static func fault(_ path: String, _ verb: String, _ reason: String) -> BridgeStartError {
        BridgeStartError("The journal \(path) cannot be \(verb): \(reason)")
    }
}
