import Glibc

/// A PostgreSQL server for this test process alone: made at the first use, gone with the process.
///
/// With `RINGLINK_TEST_DATABASE` (`key=value` words of libpq, for a role that may create schemas) that server is used instead.
struct TestCluster {
    var conninfo: String

    static let shared = Result { try TestCluster() }

    private init() throws(ClusterError) {
        if let given = getenv("RINGLINK_TEST_DATABASE") {
            conninfo = String(cString: given)
            return
        }
        // A socket's path may have 107 bytes, so the folder is not in the build folder.
        var template = Array("/tmp/rl-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw .noFolder }
        let folder = String(cString: made)
        Self.folder = folder
        atexit { TestCluster.remove() }

        if geteuid() == 0 {
            guard let user = getpwnam("postgres") else { throw .noUser }
            chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
        }
        try Self.run("initdb", ["-D", "\(folder)/data", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"])
        try Self.run(
            "pg_ctl",
            [
                "-w", "-D", "\(folder)/data", "-l", "\(folder)/log", "-o",
                "-c listen_addresses='' -c unix_socket_directories=\(folder) -c fsync=off -c max_connections=600", "start",
            ])
        conninfo = "host=\(folder) user=postgres dbname=postgres"
    }

    enum ClusterError: Error {
        case noFolder, noUser
        /// The log is in the folder, which stays until the process ends.
        case failed(program: String, status: Int32)
    }

    /// Set once, before anything else can read it.
    nonisolated(unsafe) private static var folder: String?

    /// PostgreSQL refuses to run as root, so root runs it as `postgres`; `env -C` gives it a working folder that it may read.
    private static func run(_ program: String, _ arguments: [String]) throws(ClusterError) {
        var words = geteuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        words += ["env", "-C", "/", program] + arguments
        let status = spawn(words)
        guard status == 0 else { throw .failed(program: program, status: status) }
    }

    /// posix_spawn and waitpid: Foundation's Process waits for ever after `pg_ctl start`, since the server inherits its descriptors.
    private static func spawn(_ words: [String]) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)

        let debian = (15...20).map { "/usr/lib/postgresql/\($0)/bin" }.joined(separator: ":")
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        setenv("PATH", path.hasSuffix(debian) ? path : "\(path):\(debian)", 1)

        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for word in argv { free(word) } }
        var pid = pid_t()
        guard posix_spawnp(&pid, words[0], &actions, nil, &argv, environ) == 0 else { return -1 }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1 { guard errno == EINTR else { return -1 } }
        return status
    }

    private static func remove() {
        guard let folder else { return }
        _ = try? run("pg_ctl", ["-w", "-D", "\(folder)/data", "-m", "immediate", "stop"])
        _ = spawn(["rm", "-rf", folder])
    }
}
