import Glibc

/// How many files, and with them sockets, the services may have open.
enum OpenFiles {
    /// Beside the telephones' ports: browsers, the database, the journals.
    private static let others = 2048

    /// Raises the limit as far as the system allows; the processes that are started inherit it.
    ///
    /// - Parameter ports: the telephones' RTP and RTCP ports, each of which is a socket.
    /// - Returns: what the operator should know if it is not enough.
    static func raise(ports: Int) -> String? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let wanted = ports + others
        guard limit.rlim_max < wanted else { return nil }
        return "This system lets a process open \(limit.rlim_max) files, and \(wanted) may be needed: raise it (ulimit -Hn) before many talk at once."
    }
}
