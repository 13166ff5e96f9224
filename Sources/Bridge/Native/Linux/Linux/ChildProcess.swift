import CLinux
import Glibc

/// A program that we started, known by its pid and nothing else.
///
/// `posix_spawn` and `waitpid` of our own: Foundation's `Process` waits for ever on a child that leaves grandchildren behind.
public struct ChildProcess: Sendable {
    public let pid: Int32

    /// How a program ended.
    public enum Ending: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// What the child's standard streams are; `nil` is `/dev/null` for input and the parent's own for output.
    public struct Streams: Sendable {
        public var input: Int32?
        public var output: Int32?
        public var errors: Int32?

        public init(input: Int32? = nil, output: Int32? = nil, errors: Int32? = nil) {
            self.input = input
            self.output = output
            self.errors = errors
        }
    }

    /// Starts a program, found on `PATH` if its name has no slash, in a process group of its own: a Ctrl-C at the terminal
    /// reaches us first, and we decide in which order things end.
    ///
    /// - Parameter environment: `NAME=value` each; `nil` is the parent's.
    public static func spawn(
        _ program: String, _ arguments: [String], environment: [String]? = nil, streams: Streams = Streams()
    ) throws(LinuxError) -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input = streams.input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        if let output = streams.output { posix_spawn_file_actions_adddup2(&actions, output, 1) }
        if let errors = streams.errors { posix_spawn_file_actions_adddup2(&actions, errors, 2) }
        // Nothing else of ours is the child's business: a leaked pipe end would keep a reader waiting for ever.
        _ = clinux_spawn_close_from(&actions, 3)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigfillset(&defaults)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        posix_spawnattr_setsigmask(&attributes, &unblocked)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var pid: pid_t = 0
        let result = withCStrings([program] + arguments) { argv in
            guard let environment else { return posix_spawnp(&pid, program, &actions, &attributes, argv, environ) }
            return withCStrings(environment) { posix_spawnp(&pid, program, &actions, &attributes, argv, $0) }
        }
        guard result == 0 else { throw LinuxError(operation: "start \(program)", code: result) }
        return ChildProcess(pid: pid)
    }

    /// Waits for the end; blocks the thread.
    public func wait() -> Ending {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return Self.ending(status)
    }

    /// How it ended; `nil` while it runs. After the first ending the pid may be another's: ask no more.
    public func poll() -> Ending? {
        var status: Int32 = 0
        return waitpid(pid, &status, WNOHANG) == pid ? Self.ending(status) : nil
    }

    /// Sends a signal to it alone.
    public func signal(_ signal: Int32) { _ = kill(pid, signal) }

    /// Sends a signal to it and to everything that it started and did not detach.
    public func signalGroup(_ signal: Int32) { _ = kill(-pid, signal) }

    private static func ending(_ status: Int32) -> Ending {
        status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .signalled(status & 0x7F)
    }
}

private func withCStrings<Result>(_ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result) -> Result {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
        // Never nil: there is always the closing NULL.
        body(buffer.baseAddress!)
    }
}
