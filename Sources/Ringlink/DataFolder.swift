import Domain
import Foundation
import Glibc
import Linux

/// The folder in which an installation lives: secret, cluster, sockets, logs, and a lock so that only one runs in it.
struct DataFolder {
    /// The user that owns everything in it; `nil` when we are not root, so that everything is ours anyway.
    static let serviceUser = "ringlink"
    /// A UNIX socket's path has 107 bytes (unix(7)), and PostgreSQL appends its own name.
    private static let socketPathLimit = 107
    private static let leastFreeBytes: UInt64 = 200 << 20

    let path: String
    var cluster: String { path + "/postgres" }
    var sockets: String { path + "/run" }
    var logs: String { path + "/log" }
    /// What the bridge writes down for the time after a crash.
    var bridge: String { path + "/bridge" }
    var bridgeIDFile: String { path + "/bridge-id" }
    var secretFile: String { path + "/secret.key" }
    var apiKeyFile: String { path + "/api-key" }
    var certificateFile: String { path + "/self-signed.crt" }
    var certificateKeyFile: String { path + "/self-signed.key" }

    private static var user: String? { ProcessIdentity.isRoot ? serviceUser : nil }

    /// Where data lies unless `--data` says otherwise.
    static var standard: String {
        if ProcessIdentity.isRoot { return "/var/lib/ringlink" }
        let environment = ProcessInfo.processInfo.environment
        let base = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? (environment["HOME"] ?? "/tmp") + "/.local/share"
        return base + "/ringlink"
    }

    /// Makes the folder if it is missing, and checks what would fail later and less clearly.
    ///
    /// Started by root, the process acts as the service user from here on: a link that this user planted leads nowhere it could not go itself.
    init(_ path: String) throws {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
        guard !ProcessIdentity.isRoot || ProcessIdentity.userExists(Self.serviceUser) else {
            throw StartError("Started as root, it needs a system user to run as: useradd --system --no-create-home ringlink (scripts/up does it).")
        }
        let socket = sockets + "/.s.PGSQL.5432"
        guard socket.utf8.count <= Self.socketPathLimit else {
            throw StartError(
                "The data folder's path is too long for a UNIX socket (\(socket.utf8.count) of \(Self.socketPathLimit) bytes). Choose a shorter one with --data."
            )
        }
        try Self.claim(self.path)
        if ProcessIdentity.isRoot { try ProcessIdentity.act(as: Self.serviceUser) }
        for folder in [sockets, logs, bridge] where mkdir(folder, 0o700) != 0 && errno != EEXIST {
            throw StartError("\(folder) cannot be made: \(String(cString: strerror(errno))).")
        }
        var status = statvfs()
        if statvfs(self.path, &status) == 0 {
            let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
            guard free >= Self.leastFreeBytes else {
                throw StartError(
                    "The disk of \(self.path) is full: \(free >> 20) MB free, at least \(Self.leastFreeBytes >> 20) MB are needed. Choose another with --data."
                )
            }
        }
    }

    /// Makes the folder our own, if it is new or empty; somebody else's folder is left alone.
    private static func claim(_ path: String) throws {
        let parent = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        let isNew = mkdir(path, 0o700) == 0
        guard isNew || errno == EEXIST else {
            throw StartError("The folder \(path) cannot be made: \(String(cString: strerror(errno))). Choose another with --data.")
        }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else {
            throw StartError("\(path) is no folder that can be used: \(String(cString: strerror(errno))). Choose another with --data.")
        }
        defer { close(folder) }
        // The configuration may be there before the first start.
        let contents = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0 != PolicyOption.fileName }
        guard isNew || contents.isEmpty || contents.contains("lock") else {
            throw StartError("\(path) holds files that are not Ringlink's. Choose an empty or a new folder with --data.")
        }
        guard isNew || contents.isEmpty, let user else { return }
        let ids = try ProcessIdentity.ids(of: user)
        guard fchown(folder, ids.user, ids.group) == 0, fchmod(folder, 0o700) == 0 else {
            throw StartError("\(path) cannot be given to \(user): \(String(cString: strerror(errno))).")
        }
    }

    /// Held as long as the process lives; the kernel lets go of it in any case.
    func lock() throws {
        let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            if errno != EWOULDBLOCK { throw StartError("\(path) cannot be used: \(String(cString: strerror(errno))). Choose another with --data.") }
            throw StartError("Another Ringlink runs in \(path). Stop it, or choose another folder with --data.")
        }
    }

    /// The installation's secret, made at the first start: 32 random bytes as hex, mode 600, or `RINGLINK_SECRET_KEY`.
    func secret() throws -> String {
        if let given = ProcessInfo.processInfo.environment["RINGLINK_SECRET_KEY"] { return given }
        if let known = try? String(contentsOfFile: secretFile, encoding: .utf8) { return known.trimmingCharacters(in: .whitespacesAndNewlines) }
        // One that cannot be read must never be replaced: what it encrypts would be lost.
        guard access(secretFile, F_OK) != 0 else { throw StartError("\(secretFile) is there and cannot be read: give it back to who runs Ringlink.") }
        var generator = SystemRandomNumberGenerator()
        let secret = (0..<32).map { _ in String(format: "%02x", UInt8.random(in: .min ... .max, using: &generator)) }.joined()
        try PrivateFile.write(secret + "\n", to: secretFile)
        return secret
    }

    /// The name of this folder's bridge, made at the first start: installations that share a database must not take each other's for their own.
    func bridgeID() throws -> String {
        if let known = try? String(contentsOfFile: bridgeIDFile, encoding: .utf8) {
            let id = known.trimmingCharacters(in: .whitespacesAndNewlines)
            guard id.wholeMatch(of: /bridge-[0-9a-z]{1,32}/) != nil else {
                throw StartError("\(bridgeIDFile) holds no bridge's name. Remove it, and the bridge gets a new one.")
            }
            return id
        }
        guard access(bridgeIDFile, F_OK) != 0 else {
            throw StartError("\(bridgeIDFile) is there and cannot be read: give it back to who runs Ringlink.")
        }
        var generator = SystemRandomNumberGenerator()
        let id = "bridge-" + HexDigits.random(count: 12, using: &generator)
        try PrivateFile.write(id + "\n", to: bridgeIDFile)
        return id
    }
}
