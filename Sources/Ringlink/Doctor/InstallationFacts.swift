import Domain
import Foundation
import Glibc

/// What lies in the data folder, read without changing it.
struct InstallationFacts: Sendable {
    let path: String

    /// Somebody holds the lock (`DataFolder.lock`).
    var isRunning: Bool {
        let descriptor = open(path + "/lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return false }
        return errno == EWOULDBLOCK
    }

    /// The database that the environment names, else the folder's own.
    var foreignDatabase: String? { ProcessInfo.processInfo.environment["DATABASE_URL"].flatMap { $0.isEmpty ? nil : $0 } }
    var conninfo: String { foreignDatabase ?? EmbeddedPostgres.conninfo(sockets: path + "/run") }

    var secret: [UInt8]? {
        let text = ProcessInfo.processInfo.environment["RINGLINK_SECRET_KEY"] ?? text("secret.key")
        return text.flatMap { HexDigits.decode($0) }
    }
    var bridgeID: String? { text("bridge-id") }
    /// As the supervisor has written it at its start.
    var controlPort: Int? { text("run/" + Self.controlPortFile).flatMap { Int($0) } }

    static let controlPortFile = "control-port"

    private func text(_ name: String) -> String? {
        (try? String(contentsOfFile: path + "/" + name, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
