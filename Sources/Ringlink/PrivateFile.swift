import Glibc

/// A file that only its owner can read.
enum PrivateFile {
    /// Writes all of `text`, down to the disk.
    static func write(_ text: String, to file: String) throws {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StartError("\(file) cannot be written: \(String(cString: strerror(errno))).") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw StartError("\(file) cannot be written: \(String(cString: strerror(errno))).")
        }
    }
}
