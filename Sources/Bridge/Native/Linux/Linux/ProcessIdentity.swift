import CLinux
import Glibc

/// Who this process is, and whom it dies with. For start-up only, before any thread is started.
public enum ProcessIdentity {
    public static var isRoot: Bool { geteuid() == 0 }

    public static func userExists(_ name: String) -> Bool { clinux_user_exists(name) != 0 }

    /// The numbers of a user, for giving files to it.
    public static func ids(of name: String) throws(LinuxError) -> (user: UInt32, group: UInt32) {
        var user: UInt32 = 0
        var group: UInt32 = 0
        try LinuxError.check(clinux_user_ids(name, &user, &group), "find the user \(name)")
        return (user, group)
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
