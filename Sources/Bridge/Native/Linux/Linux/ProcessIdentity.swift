import CLinux
import Glibc

/// Who this process is, and whom it dies with. For start-up only, before any thread is started.
public enum ProcessIdentity {
    /// Whether this process was started by root, also while it acts as somebody else.
    public static var isRoot: Bool { getuid() == 0 }

    public static func userExists(_ name: String) -> Bool { clinux_user_exists(name) != 0 }

    /// The numbers of a user, for giving files to it.
    public static func ids(of name: String) throws(LinuxError) -> (user: UInt32, group: UInt32) {
        var user: UInt32 = 0
        var group: UInt32 = 0
        try LinuxError.check(clinux_user_ids(name, &user, &group), "find the user \(name)")
        return (user, group)
    }

    /// Acts as `name` from now on, so that no file can be touched that this user could not touch; `asRoot` takes it back for a moment.
    public static func act(as name: String) throws(LinuxError) {
        let ids = try ids(of: name)
        guard initgroups(name, ids.group) == 0, setegid(ids.group) == 0, seteuid(ids.user) == 0 else {
            throw LinuxError(operation: "act as the user \(name)", code: errno)
        }
    }

    /// Runs `body` as root, if root started us: a program of ours may lie where only root can read.
    public static func asRoot<Result>(_ body: () throws -> Result) rethrows -> Result {
        let user = geteuid()
        guard isRoot, user != 0, seteuid(0) == 0 else { return try body() }
        defer { _ = seteuid(user) }
        return try body()
    }

    /// Gives up root for good.
    public static func become(_ name: String) throws(LinuxError) {
        try LinuxError.check(clinux_become_user(name), "become the user \(name)")
    }

    /// Has the kernel send `signal` to this process when `parent` ends in any way: a killed supervisor leaves nothing behind.
    ///
    /// To be called after `become`, which takes it back.
    public static func dieWithParent(_ parent: Int32, signal: Int32) throws(LinuxError) {
        try LinuxError.check(clinux_die_with_parent(parent, signal), "follow the supervisor")
    }
}
