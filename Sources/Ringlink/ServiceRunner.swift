import Foundation
import Glibc
import Linux

/// Starts programs as the service user, bound to the supervisor's life. To be used from the supervisor's own thread:
/// the kernel ties a child's life to the thread that started it.
struct ServiceRunner {
    /// Our own executable.
    let executable: String

    init() throws {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { throw StartError("The path of the running program cannot be read.") }
        executable = String(decoding: buffer[0..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What programs of others are told: nothing of ours, and nothing that would steer libpq.
    static let plainEnvironment = ProcessInfo.processInfo.environment
        .filter { !$0.key.hasPrefix("RINGLINK_") && !$0.key.hasPrefix("PG") && $0.key != "DATABASE_URL" }
        .map { "\($0.key)=\($0.value)" }

    private var identity: [String] { ["--supervisor", "\(getpid())"] + (ProcessIdentity.isRoot ? ["--user", DataFolder.serviceUser] : []) }

    /// Starts one of our own commands.
    func spawnOwn(_ command: [String], environment: [String]) throws -> ChildProcess {
        try ProcessIdentity.asRoot { try ChildProcess.spawn(executable, command + identity, environment: environment) }
    }

    /// Runs one of our own commands to its end, or until somebody wants to stop.
    func outputOfOwn(_ command: [String], environment: [String], timeout: Duration) throws -> [UInt8] {
        try ProcessIdentity.asRoot {
            try ChildProcess.output(
                of: executable, command + identity, environment: environment, timeout: timeout, isCancelled: { StopRequest.count > 0 })
        }
    }

    /// Starts another program.
    func spawn(_ program: String, _ arguments: [String], log: String, stopSignal: Int32) throws -> ChildProcess {
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StartError("\(log) cannot be written: \(String(cString: strerror(errno))).") }
        defer { close(descriptor) }
        return try ProcessIdentity.asRoot {
            try ChildProcess.spawn(
                executable, ["run-as"] + identity + ["--stop-signal", "\(stopSignal)", "--", program] + arguments,
                environment: Self.plainEnvironment, streams: ChildProcess.Streams(output: descriptor, errors: descriptor))
        }
    }

    /// Runs another program to its end, or until somebody wants to stop.
    func output(_ program: String, _ arguments: [String], timeout: Duration) throws -> [UInt8] {
        try ProcessIdentity.asRoot {
            try ChildProcess.output(
                of: executable, ["run-as"] + identity + ["--", program] + arguments, environment: Self.plainEnvironment, timeout: timeout,
                isCancelled: { StopRequest.count > 0 })
        }
    }
}
